package org.vsekai.nebula.casync.store;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;

/**
 * A chunk store behind HTTP, as desync's chunk-server and any plain file server offer it: {@code GET}, {@code HEAD} and
 * {@code PUT} of {@code <base>/<first 4 hex>/<64 hex>.cacnk}. It behaves as desync's client ({@code remotehttp.go}): 200
 * is the chunk, 404 is missing, network faults and 5xx are tried again, every other answer is an error at once.
 *
 * <p>A body is bounded before it is read, and a server cannot hold a caller: the head of the answer, the progress of
 * the body and the whole request each have a limit (see {@link HttpStoreOptions}). Over TLS it speaks HTTP/2 if the
 * server does. Redirects are followed only when no Authorization is sent, so that no other host ever sees it.
 *
 * <p>Thread-safe. How many requests run at once is for the caller to bound: one per calling thread.
 */
public final class HttpChunkStore implements WritableStore {
    /** How much of an error's text is kept for the message. */
    private static final int ERROR_TEXT_LIMIT = 512;

    private final URI base;
    private final HttpStoreOptions options;
    private final HttpClient client;

    /**
     * @param base any path; a missing final slash is added
     * @throws IllegalArgumentException for another scheme, and for a URL with credentials, query or fragment
     */
    public HttpChunkStore(URI base, HttpStoreOptions options) {
        this(base, options, null);
    }

    /**
     * As above, with certificates of one's own.
     *
     * @param tls null for the JDK's
     */
    public HttpChunkStore(URI base, HttpStoreOptions options, @Nullable SSLContext tls) {
        HttpClients.check(base);
        this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
        this.options = options;
        this.client = HttpClients.open(base, options, tls);
    }

    @Override
    public String name() {
        return base.toString();
    }

    /** Where a chunk is, or would be. */
    public URI uri(ChunkId id) {
        return base.resolve(Stores.path(id));
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        Answer answer = ask(request(id).GET(), maxStoredBytes);
        return switch (answer.status) {
            case 200 -> {
                if (answer.body.isTooLong()) {
                    throw new ChunkCorruptException(
                            id, name(), "more than the %d bytes that can be right".formatted(maxStoredBytes));
                }
                yield answer.body.bytes();
            }
            case 404 -> throw new ChunkMissingException(id, name());
            default -> throw refused("GET", id, answer);
        };
    }

    @Override
    public boolean has(ChunkId id) {
        Answer answer = ask(request(id).HEAD(), 0);
        return switch (answer.status) {
            case 200 -> true;
            case 404 -> false;
            default -> throw refused("HEAD", id, answer);
        };
    }

    @Override
    public long storedSize(ChunkId id, int maxStoredBytes) {
        Answer answer = ask(request(id).HEAD(), 0);
        return switch (answer.status) {
            case 200 -> answer.length >= 0 ? answer.length : getStored(id, maxStoredBytes).length;
            case 404 -> throw new ChunkMissingException(id, name());
            default -> throw refused("HEAD", id, answer);
        };
    }

    /** @return true: the protocol does not tell whether the chunk was there */
    @Override
    public boolean put(ChunkId id, byte[] stored) {
        HttpRequest.Builder request = request(id)
                .timeout(options.requestTimeout()) // the head comes only after the chunk has gone up
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(stored));
        Answer answer = ask(request, ERROR_TEXT_LIMIT);
        return switch (answer.status) {
            case 200, 201, 204 -> true;
            default -> throw refused("PUT", id, answer);
        };
    }

    /** Ends requests that are under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest.Builder request(ChunkId id) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(id))
                .timeout(options.responseTimeout())
                .header("User-Agent", "nebula");
        if (options.authorization() != null) {
            request.header("Authorization", options.authorization());
        }
        return request;
    }

    private StoreUnavailableException refused(String method, ChunkId id, Answer answer) {
        String text = new String(answer.body.bytes(), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        String advice =
                switch (answer.status) {
                    case 401, 403 -> "; check the Authorization that is sent";
                    default -> "";
                };
        return new StoreUnavailableException(
                name(),
                "%s of chunk %s was answered with %d%s%s"
                        .formatted(method, id, answer.status, text.isEmpty() ? "" : " (" + text + ")", advice),
                null);
    }

    /** @param length of the body as the head announces it; -1 if it does not */
    private record Answer(int status, long length, BoundedBody body) {}

    private Answer ask(HttpRequest.Builder builder, int limit) {
        HttpRequest request = builder.build();
        Duration pause = options.firstPause();
        for (int attempt = 1; ; attempt++) {
            try {
                Answer answer = exchange(request, limit);
                if (answer.status < 500 || attempt == options.attempts()) {
                    return answer;
                }
            } catch (IOException e) {
                if (attempt == options.attempts()) {
                    throw new StoreUnavailableException(
                            name(),
                            "%s after %d attempt%s".formatted(HttpClients.reason(e), attempt, attempt == 1 ? "" : "s"),
                            e);
                }
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            pause = pause.multipliedBy(2);
        }
    }

    private Answer exchange(HttpRequest request, int limit) throws IOException {
        try {
            HttpResponse<BoundedBody> response = Exchange.send(
                    client,
                    request,
                    options,
                    head -> new BoundedBody(head.statusCode() == 200 ? limit : ERROR_TEXT_LIMIT));
            return new Answer(response.statusCode(), announcedLength(response), response.body());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static long announcedLength(HttpResponse<?> response) {
        try {
            return response.headers().firstValueAsLong("Content-Length").orElse(-1);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private StoreUnavailableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StoreUnavailableException(name(), "interrupted", e);
    }
}
