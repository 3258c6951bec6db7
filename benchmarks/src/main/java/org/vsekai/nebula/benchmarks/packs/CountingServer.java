package org.vsekai.nebula.benchmarks.packs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A static file server that counts what is asked of it. */
final class CountingServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final Path root;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LongAdder requests = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    CountingServer(Path root) throws IOException {
        this.root = root;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** Requests and bytes since the last call. */
    Traffic take() {
        return new Traffic(requests.sumThenReset(), bytes.sumThenReset());
    }

    record Traffic(long requests, long bytes) {}

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.increment();
            Path file = root.resolve(exchange.getRequestURI().getPath().substring(1));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            long size = Files.size(file);
            long first = 0;
            long last = size - 1;
            String header = exchange.getRequestHeaders().getFirst("Range");
            Matcher range = RANGE.matcher(header == null ? "" : header);
            boolean isPart = range.matches();
            if (isPart) {
                first = Long.parseLong(range.group(1));
                last = Math.min(last, Long.parseLong(range.group(2)));
                exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(first, last, size));
            }
            byte[] part = new byte[Math.toIntExact(last - first + 1)];
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(first);
                in.readFully(part);
            }
            exchange.sendResponseHeaders(isPart ? 206 : 200, part.length == 0 ? -1 : part.length);
            exchange.getResponseBody().write(part);
            bytes.add(part.length);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
