package org.vsekai.nebula.cdn;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.vsekai.nebula.casync.store.ChunkCodec;

/** A web server on this machine that behaves as a CDN, well or badly. */
public final class FakeCdn implements AutoCloseable {
    /** Plain bytes of the zero chunk. */
    public static final int ZERO_LENGTH = 256 << 10;

    /** The stored form of the zero chunk. */
    public static final byte[] ZERO_CHUNK = ChunkCodec.compress(new byte[ZERO_LENGTH], 0, ZERO_LENGTH);

    /** How it answers. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(FakeCdn cdn, HttpExchange exchange) throws IOException;
    }

    /** Answers every request with these bytes. */
    public static Behaviour bytes(byte[] body) {
        return (cdn, exchange) -> {
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** Answers as a store that holds the zero chunk. */
    public static final Behaviour GOOD = bytes(ZERO_CHUNK);

    public static final Behaviour WRONG_BYTES = bytes(ChunkCodec.compress(new byte[] {1, 2, 3}, 0, 3));

    public static final Behaviour ABSENT = (cdn, exchange) -> exchange.sendResponseHeaders(404, -1);

    public static final Behaviour ENDLESS = (cdn, exchange) -> {
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        byte[] part = new byte[64 << 10];
        while (!cdn.isClosed(0)) {
            body.write(part);
        }
    };

    /** Sends a byte a second, for ever. */
    public static final Behaviour SLOW = (cdn, exchange) -> {
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        do {
            body.write(0);
            body.flush();
        } while (!cdn.isClosed(1_000));
    };

    public static final Behaviour CUT_SHORT = (cdn, exchange) -> {
        exchange.sendResponseHeaders(200, ZERO_CHUNK.length);
        exchange.getResponseBody().write(ZERO_CHUNK, 0, ZERO_CHUNK.length - 1);
    };

    public static Behaviour redirect(String location) {
        return (cdn, exchange) -> {
            exchange.getResponseHeaders().add("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<Behaviour> behaviour;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    public FakeCdn(Behaviour behaviour) {
        this(behaviour, null);
    }

    /** @param tls null for plain HTTP */
    public FakeCdn(Behaviour behaviour, SSLContext tls) {
        this.behaviour = new AtomicReference<>(behaviour);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls == null) {
                server = HttpServer.create(address, 0);
            } else {
                HttpsServer secure = HttpsServer.create(address, 0);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = secure;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Host"));
        try (exchange) {
            behaviour.get().answer(this, exchange);
        }
    }

    public void behave(Behaviour other) {
        behaviour.set(other);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String uri() {
        return "http://127.0.0.1:" + port() + "/";
    }

    /** Method, path and Host header of each request so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private boolean isClosed(long waitMillis) {
        try {
            return closed.await(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
