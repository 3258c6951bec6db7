package org.vsekai.nebula.casync.store;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request and its answer, in bounded time: the waits in here are the only ones. */
final class Exchange {
    /** A body that can be asked how much of it has come while it is under way. */
    interface CountingBody<T> extends BodySubscriber<T> {
        long received();

        /**
         * Gives up the rest of a body that was ended early. Only now, with the answer in hand: the JDK ends an answer over
         * HTTP/2 whose body is cancelled with a failure.
         */
        default void release() {}
    }

    private Exchange() {}

    /**
     * @param bodies makes what takes the body from the head of the answer
     * @throws IOException when the network fails, or the server is slower than the options allow
     */
    static <T> HttpResponse<T> send(
            HttpClient client,
            HttpRequest request,
            HttpStoreOptions options,
            Function<HttpResponse.ResponseInfo, CountingBody<T>> bodies)
            throws IOException, InterruptedException {
        AtomicReference<@Nullable CountingBody<T>> body = new AtomicReference<>();
        CompletableFuture<HttpResponse<T>> sent = client.sendAsync(request, head -> {
            CountingBody<T> taken = bodies.apply(head);
            body.set(taken);
            return taken;
        });
        long deadline = System.nanoTime() + options.requestTimeout().toNanos();
        try {
            for (long before = 0; ; ) {
                boolean hasHead = body.get() != null;
                long wait = Math.min(
                        deadline - System.nanoTime(), options.progressWindow().toNanos());
                try {
                    return sent.get(Math.max(0, wait), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    CountingBody<T> current = body.get();
                    long received = current == null ? 0 : current.received();
                    if (deadline - System.nanoTime() <= 0) {
                        throw new IOException(
                                "no complete answer within %s, %d bytes came"
                                        .formatted(options.requestTimeout(), received),
                                e);
                    }
                    if (hasHead && received - before < options.minBytesPerWindow()) {
                        throw new IOException(
                                "stalled: %d bytes in %s".formatted(received - before, options.progressWindow()), e);
                    }
                    before = received;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException fault) {
                throw fault;
            }
            throw new IOException(e.getCause());
        } finally {
            sent.cancel(true);
            CountingBody<T> taken = body.get();
            if (taken != null) {
                taken.release();
            }
        }
    }
}
