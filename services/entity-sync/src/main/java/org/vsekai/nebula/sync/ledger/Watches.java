package org.vsekai.nebula.sync.ledger;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.call.ServedCall;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Watch;
import org.vsekai.nebula.ledger.WatchEnd;
import org.vsekai.nebula.ledger.WatchFilter;
import org.vsekai.nebula.ledger.WatchListener;
import org.vsekai.nebula.sync.EntitySyncConfig;
import org.vsekai.nebula.sync.member.LedgerHost;

/**
 * Watches as streams. The watch's own thread waits until the caller takes another message; what the ledger tells meanwhile
 * queues up to a bound, beyond which the watch ends.
 */
@ApplicationScoped
class Watches {
    /** How often a watch says that it is not cut off. The kit's client gives one up that is silent for four times that. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    /** How an event is made of a change. */
    interface EventOf<E> {
        E change(long index, Change change);
    }

    private final LedgerHost host;
    private final int maxQueued;
    private final Duration stall;

    Watches(LedgerHost host, EntitySyncConfig config) {
        this.host = host;
        this.maxQueued = config.member().watchQueue();
        this.stall = config.member().watchStall();
    }

    /** @param current the event that says that everything up to an index has been told */
    <E> Multi<E> stream(WatchFilter filter, EventOf<E> events, LongFunction<E> current) {
        ServedCall caller = ServedCall.current();
        // What is there is gathered by who begins to watch, and that may be much for an event loop.
        return Multi.createFrom()
                .<E>emitter(emitter -> {
                    Listener<E> listener = new Listener<>(caller, emitter, events, current);
                    Watch watch = host.ledger().watch(filter, listener, maxQueued);
                    Future<?> signs = Infrastructure.getDefaultWorkerPool()
                            .scheduleAtFixedRate(
                                    listener::signOfLife,
                                    SIGN_OF_LIFE.toMillis(),
                                    SIGN_OF_LIFE.toMillis(),
                                    TimeUnit.MILLISECONDS);
                    emitter.onTermination(() -> {
                        signs.cancel(false);
                        watch.close();
                    });
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private final class Listener<E> implements WatchListener {
        private final ServedCall caller;
        private final MultiEmitter<? super E> emitter;
        private final EventOf<E> events;
        private final LongFunction<E> current;
        /** Up to which everything has been told; -1 while what was there is still being told. */
        private long told = -1;

        Listener(ServedCall caller, MultiEmitter<? super E> emitter, EventOf<E> events, LongFunction<E> current) {
            this.caller = caller;
            this.emitter = emitter;
            this.events = events;
            this.current = current;
        }

        @Override
        public void onChange(long index, Change change) {
            tell(events.change(index, change));
            synchronized (this) {
                // Of this index more may come.
                told = told < 0 ? told : Math.max(told, index - 1);
            }
        }

        @Override
        public void onCaughtUp(long index) {
            tell(current.apply(index));
            synchronized (this) {
                told = index;
            }
        }

        private void tell(E event) {
            try {
                caller.await(stall);
            } catch (CancellationException e) {
                // The end of the call ends the watch as well.
                return;
            } catch (ProblemException e) {
                emitter.fail(e);
                return;
            }
            synchronized (this) {
                emitter.emit(event);
            }
        }

        synchronized void signOfLife() {
            if (told >= 0 && caller.isReady() && host.hearsLeader()) {
                emitter.emit(current.apply(told));
            }
        }

        @Override
        public void onEnd(WatchEnd end) {
            @Nullable
            ProblemException problem =
                    switch (end) {
                        case WatchEnd.Closed() -> null;
                        case WatchEnd.TooSlow(int most) ->
                            new ProblemException(
                                    ProblemKind.TOO_MANY_REQUESTS,
                                    "WATCH_TOO_SLOW",
                                    "More than " + most + " changes waited for the caller. Watch again.");
                        case WatchEnd.Replaced() -> ended("took over a snapshot");
                        case WatchEnd.Stopped() -> ended("stops");
                        case WatchEnd.ListenerFailed(Throwable failure) ->
                            new ProblemException(
                                    ProblemKind.INTERNAL, "INTERNAL", "The watch failed. Watch again.", failure);
                    };
            if (problem != null) {
                emitter.fail(problem);
            }
        }
    }

    private static ProblemException ended(String why) {
        return new ProblemException(
                ProblemKind.UNAVAILABLE, "WATCH_ENDED", "The member " + why + ". Watch again, there or elsewhere.");
    }
}
