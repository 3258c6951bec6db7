package org.vsekai.nebula.assets;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * Whether the caller of a streaming method takes more messages.
 *
 * <p>A Mutiny method's messages go to gRPC as fast as they come, and gRPC keeps what the caller does not fetch. A method
 * that can produce faster than a caller reads waits here before each message. For one producing thread.
 */
final class CallReadiness {
    private static final Object KEY = new Object();

    private final ServerCall<?, ?> call;
    private final Semaphore changed = new Semaphore(0);

    CallReadiness(ServerCall<?, ?> call) {
        this.call = call;
    }

    /**
     * The readiness of the call that is being begun. It is kept in the call's Vert.x context, because the check of the
     * caller's role may come between and go on from another thread than gRPC's.
     */
    static CallReadiness current() {
        Context context = Vertx.currentContext();
        if (context != null
                && VertxContext.isDuplicatedContext(context)
                && context.getLocal(KEY) instanceof CallReadiness readiness) {
            return readiness;
        }
        throw new IllegalStateException("no gRPC call is being begun here");
    }

    private void remember() {
        Context context = Vertx.currentContext();
        if (context != null && VertxContext.isDuplicatedContext(context)) {
            context.putLocal(KEY, this);
        }
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
    void await(Duration stall) {
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

    /** Makes every call's readiness known to the method that serves it. */
    @GlobalInterceptor
    @ApplicationScoped
    static class Interceptor implements ServerInterceptor {
        @Override
        public <I, O> ServerCall.Listener<I> interceptCall(
                ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
            CallReadiness readiness = new CallReadiness(call);
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                @Override
                public void onHalfClose() {
                    // Here, with the request whole, the method is called.
                    readiness.remember();
                    super.onHalfClose();
                }

                @Override
                public void onReady() {
                    readiness.signal();
                    super.onReady();
                }

                @Override
                public void onCancel() {
                    readiness.signal();
                    super.onCancel();
                }
            };
        }
    }
}
