package org.vsekai.nebula.assets.storage;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** A bound on work that is done at a time; more of it waits its turn, for a bounded time. Thread-safe. */
public final class WorkSlots {
    /** One piece of work's turn, given back on close. */
    public interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    private final Semaphore free;
    private final Duration maxWait;

    public WorkSlots(int slots, Duration maxWait) {
        this.free = new Semaphore(slots, true);
        this.maxWait = maxWait;
    }

    /** Waits for a turn. @throws ProblemException STORE_BUSY */
    public Slot acquire() {
        try {
            if (free.tryAcquire(maxWait.toMillis(), TimeUnit.MILLISECONDS)) {
                return free::release;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ProblemKind.UNAVAILABLE, "STORE_BUSY", "The service is shutting down.", e);
        }
        throw new ProblemException(
                ProblemKind.UNAVAILABLE,
                "STORE_BUSY",
                "The store is busy: no turn within " + maxWait.toSeconds() + " s. Try again later.");
    }
}
