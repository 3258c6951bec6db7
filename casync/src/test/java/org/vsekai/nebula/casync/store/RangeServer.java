package org.vsekai.nebula.casync.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Serves one file by ranges, as a static server does, and can be told to misbehave. */
public final class RangeServer implements AutoCloseable {
    /** Answers a request in place of the server. */
    public interface Fault {
        void answer(HttpExchange exchange, int first, int last) throws IOException;
    }

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final byte[] file;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** The Range headers, in order of arrival. */
    public final List<String> ranges = new CopyOnWriteArrayList<>();

    /** Used instead of the normal answer as long as it is set. */
    public volatile @Nullable Fault fault;

    public RangeServer(byte[] file) throws IOException {
        this.file = file;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/packs/file.capack");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String header = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(String.valueOf(header));
            Matcher range = RANGE.matcher(String.valueOf(header));
            if (!range.matches()) {
                exchange.sendResponseHeaders(400, -1);
                return;
            }
            int first = Integer.parseInt(range.group(1));
            int last = Integer.parseInt(range.group(2));
            Fault current = fault;
            if (current != null) {
                current.answer(exchange, first, last);
            } else {
                send(exchange, first, last, last - first + 1);
            }
        }
    }

    /** Announces a range and sends its first {@code length} bytes. */
    public void send(HttpExchange exchange, int first, int last, int length) throws IOException {
        exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(first, last, file.length));
        exchange.sendResponseHeaders(206, last - first + 1);
        exchange.getResponseBody().write(file, first, length);
        exchange.getResponseBody().flush();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
