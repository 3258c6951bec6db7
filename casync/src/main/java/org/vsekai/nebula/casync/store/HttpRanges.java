package org.vsekai.nebula.casync.store;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.StoreUnavailableException;

/**
 * Ranges (RFC 9110, 14) of a file that one or more HTTP servers hold, under the same limits of time as
 * {@link HttpChunkStore}. Mirrors are asked in order, and the one that answered last is asked first the next time. What
 * an answer that broke off has brought is kept: the next request, to the next mirror, asks for the rest. A server that
 * does not send the very range that was asked for, of a file of the right size, is taken to be without the file.
 *
 * <p>Thread-safe. Over TLS it speaks HTTP/2 if the server does. Redirects are followed only when no Authorization is sent.
 */
public final class HttpRanges implements RangeReader {
    private final List<URI> mirrors;
    private final long size;
    private final HttpStoreOptions options;
    private final HttpClient client;
    private final AtomicInteger preferred = new AtomicInteger();
    private final LongAdder requests = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();

    /**
     * @param mirrors URLs of the file, in the order of preference, at least one
     * @param size of the file in bytes
     * @throws IllegalArgumentException for a URL that is not plain http(s)
     */
    public HttpRanges(List<URI> mirrors, long size, HttpStoreOptions options) {
        if (mirrors.isEmpty() || size < 0) {
            throw new IllegalArgumentException("want a mirror and a size");
        }
        mirrors.forEach(HttpClients::check);
        this.mirrors = List.copyOf(mirrors);
        this.size = size;
        this.options = options;
        this.client = HttpClients.open(mirrors.getFirst(), options);
    }

    @Override
    public String name() {
        return mirrors.get(preferred.get()).toString();
    }

    @Override
    public long requests() {
        return requests.sum();
    }

    @Override
    public long receivedBytes() {
        return receivedBytes.sum();
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0 || target.remaining() > size - offset) {
            throw new StoreUnavailableException(
                    name(),
                    "it has %d bytes, none at %d to %d".formatted(size, offset, offset + target.remaining()),
                    null);
        }
        int start = target.position();
        Duration pause = options.firstPause();
        @Nullable IOException failure = null;
        for (int attempt = 0; attempt < options.attempts(); attempt++) {
            if (attempt > 0) {
                sleep(pause);
                pause = pause.multipliedBy(2);
            }
            int first = preferred.get();
            for (int i = 0; i < mirrors.size() && target.hasRemaining(); i++) {
                int mirror = (first + i) % mirrors.size();
                try {
                    ask(mirrors.get(mirror), offset + target.position() - start, target);
                    preferred.set(mirror);
                } catch (IOException e) {
                    IOException named = new IOException(mirrors.get(mirror) + ": " + HttpClients.reason(e), e);
                    if (failure != null) {
                        named.addSuppressed(failure);
                    }
                    failure = named;
                }
            }
            if (!target.hasRemaining()) {
                return;
            }
        }
        throw new StoreUnavailableException(
                name(),
                "no range of %d bytes at %d in %d attempts%s"
                        .formatted(
                                target.limit() - start,
                                offset,
                                options.attempts(),
                                failure == null ? "" : ": " + failure.getMessage()),
                failure);
    }

    /** One request for what the buffer lacks; what came is in the buffer, whether it fails or not. */
    private void ask(URI mirror, long offset, ByteBuffer target) throws IOException {
        long last = offset + target.remaining() - 1;
        HttpRequest.Builder request = HttpRequest.newBuilder(mirror)
                .timeout(options.responseTimeout())
                .header("User-Agent", "nebula")
                .header("Range", "bytes=%d-%d".formatted(offset, last));
        if (options.authorization() != null) {
            request.header("Authorization", options.authorization());
        }
        requests.increment();
        String range = "bytes %d-%d/%d".formatted(offset, last, size);
        // The body may be written to after a time-out, until the request's end is known; so it gets a view of its own.
        Body[] body = new Body[1];
        try {
            HttpResponse<Boolean> response = Exchange.send(client, request.build(), options, head -> {
                body[0] = new Body(isRange(head, range, offset, last) ? target.duplicate() : null);
                return body[0];
            });
            if (!response.body()) {
                throw new IOException("answered %d without %s".formatted(response.statusCode(), range));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException(name(), "interrupted", e);
        } finally {
            if (body[0] != null) {
                int received = body[0].end();
                target.position(target.position() + received);
                receivedBytes.add(received);
            }
        }
        if (target.hasRemaining()) {
            throw new IOException("the answer ended %d bytes early".formatted(target.remaining()));
        }
    }

    private boolean isRange(ResponseInfo head, String range, long offset, long last) {
        return switch (head.statusCode()) {
            case 206 -> head.headers().firstValue("Content-Range").orElse("").equals(range);
            // A server may send the whole where all of it was asked for.
            case 200 ->
                offset == 0
                        && last == size - 1
                        && head.headers().firstValueAsLong("Content-Length").orElse(size) == size;
            default -> false;
        };
    }

    private void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException(name(), "interrupted", e);
        }
    }

    /** Ends requests that are under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }

    /** Takes a body to its place; true at the end when it was wanted. A longer one is cut off. */
    private static final class Body implements Exchange.CountingBody<Boolean> {
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();
        private final @Nullable ByteBuffer target;
        private Flow.@Nullable Subscription subscription;
        private volatile int received;
        private boolean ended;

        Body(@Nullable ByteBuffer target) {
            this.target = target;
        }

        @Override
        public long received() {
            return received;
        }

        /** Takes nothing from now on; says how much it took. */
        synchronized int end() {
            ended = true;
            return received;
        }

        @Override
        public CompletionStage<Boolean> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            if (target == null) {
                newSubscription.cancel();
                done.complete(false);
            } else {
                newSubscription.request(1);
            }
        }

        @Override
        public synchronized void onNext(List<ByteBuffer> buffers) {
            if (target == null || subscription == null || ended) {
                return;
            }
            for (ByteBuffer buffer : buffers) {
                int n = Math.min(buffer.remaining(), target.remaining());
                target.put(buffer.slice(buffer.position(), n));
                received += n;
            }
            if (target.hasRemaining()) {
                subscription.request(1);
            } else {
                done.complete(true);
                subscription.request(1); // its end, so that the connection can be used again
            }
        }

        @Override
        public void onError(Throwable fault) {
            done.completeExceptionally(fault);
        }

        @Override
        public void onComplete() {
            done.complete(true);
        }
    }
}
