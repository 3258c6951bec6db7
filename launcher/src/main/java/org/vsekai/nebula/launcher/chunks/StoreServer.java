package org.vsekai.nebula.launcher.chunks;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.WritableStore;

/**
 * A chunk server as desync's {@code chunk-server} is one: GET, HEAD and, if allowed, PUT of
 * {@code /<first 4 hex>/<64 hex>.cacnk}, from one store or from the first of several that has the chunk.
 *
 * <p>What is sent is as stored: who reads chunks verifies them. What is taken is verified first, and durable before it is
 * answered. Requests beyond the bound wait; a connection that sends or takes nothing is given up by the JDK's server,
 * whose limits are set below. Thread-safe.
 */
final class StoreServer implements AutoCloseable {
    private static final Pattern PATH = Pattern.compile("/([0-9a-f]{4})/(\\1[0-9a-f]{60})\\.cacnk");
    private static final int STOP_SECONDS = 2;

    /** Read by the JDK's server when its first one is made; seconds and counts. */
    private static final Map<String, String> LIMITS = Map.of(
            "sun.net.httpserver.maxReqTime", "60",
            "sun.net.httpserver.maxRspTime", "300",
            "sun.net.httpserver.nodelay", "true",
            "jdk.httpserver.maxConnections", "1024");

    static {
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    private final List<? extends WritableStore> stores;
    private final Options options;
    private final Semaphore turns;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /**
     * @param writable whether chunks are taken, into the first store
     * @param authorization what the Authorization header must be; null if anyone may ask
     * @param tls null for plain HTTP
     * @param digest that chunks taken are checked with
     * @param maxChunkBytes largest plain chunk that is served or taken
     * @param maxRequests served at once; their bodies are in memory
     * @param log is told each request
     */
    record Options(
            boolean writable,
            @Nullable String authorization,
            @Nullable SSLContext tls,
            ChunkDigest digest,
            int maxChunkBytes,
            int maxRequests,
            Consumer<String> log) {}

    /** Starts to listen. */
    StoreServer(InetSocketAddress address, List<? extends WritableStore> stores, Options options) throws IOException {
        this.stores = List.copyOf(stores);
        this.options = options;
        this.turns = new Semaphore(options.maxRequests);
        if (options.tls == null) {
            server = HttpServer.create(address, 0);
        } else {
            HttpsServer secured = HttpsServer.create(address, 0);
            secured.setHttpsConfigurator(new HttpsConfigurator(options.tls));
            server = secured;
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        turns.acquireUninterruptibly();
        try (exchange) {
            Answer answer = answer(exchange);
            answer.headers.forEach(exchange.getResponseHeaders()::set);
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            if (isHead || answer.length == 0) {
                // A HEAD's length must be said by hand; 304 and the like have none.
                if (isHead && answer.length > 0) {
                    exchange.getResponseHeaders().set("Content-Length", Integer.toString(answer.length));
                }
                exchange.sendResponseHeaders(answer.status, -1);
            } else {
                exchange.sendResponseHeaders(answer.status, answer.length);
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(answer.body, answer.from, answer.length);
                }
            }
            options.log.accept("%s %s %d %d"
                    .formatted(exchange.getRequestMethod(), exchange.getRequestURI(), answer.status, answer.length));
        } finally {
            turns.release();
        }
    }

    /** @param length of the part of {@code body} that is sent, from {@code from} on */
    private record Answer(int status, Map<String, String> headers, byte[] body, int from, int length) {
        static Answer text(int status, String text) {
            byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            return new Answer(status, Map.of("Content-Type", "text/plain; charset=utf-8"), body, 0, body.length);
        }

        static Answer empty(int status, Map<String, String> headers) {
            return new Answer(status, headers, new byte[0], 0, 0);
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        Headers asked = exchange.getRequestHeaders();
        if (options.authorization != null && !isAuthorized(asked.getFirst("Authorization"), options.authorization)) {
            return Answer.text(401, "the Authorization header is missing or wrong");
        }
        Matcher path = PATH.matcher(String.valueOf(exchange.getRequestURI().getPath()));
        if (!path.matches()) {
            return Answer.text(404, "a chunk's path is /<first 4 hex digits of its id>/<64 hex digits>.cacnk");
        }
        ChunkId id = ChunkId.parse(path.group(2));
        try {
            return switch (exchange.getRequestMethod()) {
                case "GET" -> send(asked, find(id), true);
                case "HEAD" -> head(asked, id);
                case "PUT" -> options.writable ? take(exchange, id) : refused();
                default -> refused();
            };
        } catch (ChunkMissingException e) {
            return Answer.text(404, "no such chunk");
        } catch (ChunkCorruptException e) {
            return Answer.text(exchange.getRequestMethod().equals("PUT") ? 400 : 502, e.reason());
        } catch (StoreUnavailableException e) {
            return Answer.text(502, "the store is unavailable");
        } catch (UncheckedIOException e) {
            return Answer.text(507, String.valueOf(e.getMessage()));
        }
    }

    private Answer refused() {
        return new Answer(
                405,
                Map.of("Allow", options.writable ? "GET, HEAD, PUT" : "GET, HEAD", "Content-Type", "text/plain"),
                "this server is read-only\n".getBytes(StandardCharsets.US_ASCII),
                0,
                0);
    }

    private static boolean isAuthorized(@Nullable String given, String expected) {
        return given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    /** The chunk as the first store that has it has it. */
    private byte[] find(ChunkId id) {
        return first(id, store -> store.getStored(id, ChunkCodec.maxStoredBytes(options.maxChunkBytes)));
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask(WritableStore store);
    }

    /** A store that fails is passed over, but its failure is the answer when no other has the chunk. */
    private <T> T first(ChunkId id, Question<T> question) {
        RuntimeException failure = new ChunkMissingException(id, "the store");
        for (WritableStore store : stores) {
            try {
                return question.ask(store);
            } catch (ChunkMissingException e) {
                // The next one may have it.
            } catch (ChunkCorruptException | StoreUnavailableException e) {
                failure = e;
            }
        }
        throw failure;
    }

    /** As GET without the body; a store elsewhere is asked without having the chunk sent. */
    private Answer head(Headers asked, ChunkId id) {
        if (stores.stream().allMatch(LocalChunkStore.class::isInstance)) {
            return send(asked, find(id), false);
        }
        first(id, store -> {
            if (!store.has(id)) {
                throw new ChunkMissingException(id, store.name());
            }
            return true;
        });
        return Answer.empty(200, Map.of());
    }

    private static Answer send(Headers asked, byte[] chunk, boolean ranges) {
        String tag = tag(chunk);
        String cached = asked.getFirst("If-None-Match");
        if (cached != null && (cached.strip().equals("*") || cached.contains(tag))) {
            return Answer.empty(304, Map.of("ETag", tag));
        }
        String range = asked.getFirst("Range");
        String condition = asked.getFirst("If-Range");
        // RFC 9110, 14.2: Range means something to GET only; 13.1.5: another If-Range asks for the whole.
        RangeHeader part = range == null
                        || !ranges
                        || (condition != null && !condition.strip().equals(tag))
                ? new RangeHeader(RangeHeader.Kind.WHOLE, 0, chunk.length - 1)
                : RangeHeader.parse(range, chunk.length);
        return switch (part.kind()) {
            case WHOLE -> new Answer(200, headers(tag), chunk, 0, chunk.length);
            case PART -> {
                Map<String, String> headers = new HashMap<>(headers(tag));
                headers.put("Content-Range", "bytes %d-%d/%d".formatted(part.first(), part.last(), chunk.length));
                yield new Answer(206, headers, chunk, part.first(), part.length());
            }
            case UNSATISFIABLE -> Answer.empty(416, Map.of("Content-Range", "bytes */" + chunk.length));
        };
    }

    private static Map<String, String> headers(String tag) {
        return Map.of("ETag", tag, "Accept-Ranges", "bytes", "Content-Type", "application/octet-stream");
    }

    /** Tells stored forms of a chunk apart; that they are this chunk at all, its reader checks by its id. */
    private static String tag(byte[] stored) {
        CRC32C sum = new CRC32C();
        sum.update(stored);
        return "\"%x-%08x\"".formatted(stored.length, sum.getValue());
    }

    private Answer take(HttpExchange exchange, ChunkId id) throws IOException {
        int limit = ChunkCodec.maxStoredBytes(options.maxChunkBytes);
        byte[] stored = exchange.getRequestBody().readNBytes(limit + 1);
        if (stored.length > limit) {
            exchange.getResponseHeaders().set("Connection", "close");
            return Answer.text(413, "a chunk of at most %d bytes is taken".formatted(limit));
        }
        ChunkCodec.verifyAtMost(id, options.digest, stored, options.maxChunkBytes, "the request");
        stores.getFirst().put(id, stored);
        return Answer.empty(200, Map.of());
    }

    /** Answers what has been asked, for a bounded time, and stops. The stores are the caller's to close. */
    @Override
    public void close() {
        server.stop(STOP_SECONDS);
        threads.shutdownNow().forEach(never -> {});
    }
}
