package org.vsekai.nebula.kit.call;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * What a method may know of the gRPC call that it serves: how long its caller waits, and of a streaming one whether its
 * caller takes more messages.
 *
 * <p>A Mutiny method's messages go to gRPC as fast as they come, and gRPC keeps what the caller does not fetch. A method
 * that can produce faster than a caller reads waits in {@link #await} before each message. For one producing thread.
 */
public final class ServedCall {
    private static final Object KEY = new Object();

    private final ServerCall<?, ?> call;
    private final @Nullable Deadline deadline;
    private final Semaphore changed = new Semaphore(0);

    ServedCall(ServerCall<?, ?> call, @Nullable Deadline deadline) {
        this.call = call;
        this.deadline = deadline;
    }

    /**
     * The call that is being begun. It is kept in the call's Vert.x context, because the check of the
     * caller's role may come between and go on from another thread than gRPC's.
     */
    public static ServedCall current() {
        io.vertx.core.Context context = Vertx.currentContext();
        if (context != null
                && VertxContext.isDuplicatedContext(context)
                && context.getLocal(KEY) instanceof ServedCall served) {
            return served;
        }
        throw new IllegalStateException("no gRPC call is being begun here");
    }

    private void remember() {
        io.vertx.core.Context context = Vertx.currentContext();
        if (context != null && VertxContext.isDuplicatedContext(context)) {
            context.putLocal(KEY, this);
        }
    }

    /** How long the caller still waits for the answer; empty if it set no deadline. */
    public Optional<Duration> remaining() {
        return deadline == null
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS))));
    }

    /** Whether the caller takes another message just now. */
    public boolean isReady() {
        return call.isReady();
    }

    void signal() {
        changed.release();
    }

    /**
     * Blocks until the caller takes another message.
     *
     * @throws CancellationException if the caller went away
     * @throws ProblemException CALLER_STALLED if it takes none for so long
     */
    public void await(Duration stall) {
        long deadlineNanos = System.nanoTime() + stall.toNanos();
        while (true) {
            // Drained before looking: a change after the look leaves a permit.
            int unused = changed.drainPermits();
            if (call.isCancelled()) {
                throw new CancellationException("the caller went away");
            }
            if (call.isReady()) {
                return;
            }
            try {
                if (!changed.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new ProblemException(
                            ProblemKind.UNAVAILABLE,
                            "CALLER_STALLED",
                            "The caller took no message for " + stall.toSeconds() + " s.");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("the service is shutting down");
            }
        }
    }

    /** Makes every call known to the method that serves it. */
    @GlobalInterceptor
    @ApplicationScoped
    static class Interceptor implements ServerInterceptor {
        @Override
        public <I, O> ServerCall.Listener<I> interceptCall(
                ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
            ServedCall served = new ServedCall(call, Context.current().getDeadline());
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                @Override
                public void onHalfClose() {
                    // Here, with the request whole, the method is called.
                    served.remember();
                    super.onHalfClose();
                }

                @Override
                public void onReady() {
                    served.signal();
                    super.onReady();
                }

                @Override
                public void onCancel() {
                    served.signal();
                    super.onCancel();
                }
            };
        }
    }
}
