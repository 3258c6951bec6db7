package org.vsekai.nebula.casync.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Takes an HTTP body into memory as far as a limit. A longer one is cut off: the rest is not read and the connection is
 * given up. It takes memory for what has arrived, not for what the server announces.
 */
final class BoundedBody implements Exchange.CountingBody<BoundedBody> {
    private final int limit;
    private final CompletableFuture<BoundedBody> done = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;
    private volatile long received;
    private boolean isTooLong;

    BoundedBody(int limit) {
        this.limit = limit;
    }

    @Override
    public long received() {
        return received;
    }

    /** Whether there was more than the limit. */
    boolean isTooLong() {
        return isTooLong;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    @Override
    public void release() {
        if (isTooLong && subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public CompletionStage<BoundedBody> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        newSubscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            byte[] part = new byte[Math.min(buffer.remaining(), limit - bytes.size())];
            isTooLong |= part.length < buffer.remaining();
            buffer.get(part);
            bytes.writeBytes(part);
        }
        received = bytes.size();
        if (subscription != null) {
            if (isTooLong) {
                done.complete(this);
            } else {
                subscription.request(1);
            }
        }
    }

    @Override
    public void onError(Throwable fault) {
        done.completeExceptionally(fault);
    }

    @Override
    public void onComplete() {
        done.complete(this);
    }
}
