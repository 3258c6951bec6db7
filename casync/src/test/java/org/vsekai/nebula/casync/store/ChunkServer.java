package org.vsekai.nebula.casync.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A chunk server in this JVM that can be told to misbehave. The real ones are met in {@code PeerIT}. */
final class ChunkServer implements AutoCloseable {
    /** Answers a request in place of the server. */
    interface Fault {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** "GET /chunks/abcd/….cacnk", in order of arrival. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> chunks = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /** Used instead of the normal answer as long as it is set. */
    volatile @Nullable Fault fault;

    ChunkServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/chunks/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/chunks");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(exchange.getRequestMethod() + " " + path);
            headers.add(Map.copyOf(exchange.getRequestHeaders()));
            byte[] body = exchange.getRequestBody().readAllBytes();
            Fault current = fault;
            if (current != null) {
                current.answer(exchange);
                return;
            }
            switch (exchange.getRequestMethod()) {
                case "PUT" -> {
                    chunks.putIfAbsent(path, body);
                    exchange.sendResponseHeaders(200, -1);
                }
                case "HEAD" -> exchange.sendResponseHeaders(chunks.containsKey(path) ? 200 : 404, -1);
                default -> {
                    byte[] chunk = chunks.get(path);
                    exchange.sendResponseHeaders(chunk == null ? 404 : 200, 0);
                    exchange.getResponseBody().write(chunk == null ? "not found".getBytes() : chunk);
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
