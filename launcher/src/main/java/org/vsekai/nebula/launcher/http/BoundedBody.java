package org.vsekai.nebula.launcher.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Passes a body on to a stream and ends the exchange at the first byte beyond the limit. */
final class BoundedBody implements BodySubscriber<Long> {
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private final OutputStream to;
    private final long limit;
    private final AtomicLong received;
    private Flow.@Nullable Subscription subscription;

    /** @param received counts the body's bytes for whoever watches the pace */
    BoundedBody(OutputStream to, long limit, AtomicLong received) {
        this.to = to;
        this.limit = limit;
        this.received = received;
    }

    /** The body was larger than the caller can use. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        TooLargeException(long limit) {
            super("answer is larger than the " + limit + " bytes allowed here");
        }
    }

    @Override
    public CompletionStage<Long> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        Flow.Subscription source = subscription;
        if (source == null || done.isDone()) {
            return;
        }
        try {
            for (ByteBuffer buffer : buffers) {
                if (received.get() + buffer.remaining() > limit) {
                    throw new TooLargeException(limit);
                }
                received.addAndGet(buffer.remaining());
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                to.write(bytes);
            }
            source.request(1);
        } catch (IOException e) {
            source.cancel();
            done.completeExceptionally(e);
        }
    }

    @Override
    public void onError(Throwable cause) {
        done.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        done.complete(received.get());
    }
}
