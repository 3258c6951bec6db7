package org.vsekai.nebula.assets.collect;

import java.time.Duration;
import java.util.function.Consumer;
import org.vsekai.nebula.casync.StoreUnavailableException;

/**
 * Deletions that cannot outlast the turn they are made in: before each try there must be more time left of the lease than the try
 * is given. The store is asked once in each try, since only so much is known of when it was asked last. Thread-safe.
 */
final class Deletions {
    private static final int ATTEMPTS = 4;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    private volatile boolean stopped;

    /** No try begins any more. */
    void stop() {
        stopped = true;
    }

    /**
     * @param deletion what to do, in at most the given time
     * @throws RunEndedException if the turn may end too soon, or the service stops
     * @throws StoreUnavailableException if no try succeeded
     */
    void carryOut(Turn turn, Consumer<Duration> deletion) {
        Duration within = turn.deletionTime();
        // More than that, as a try takes a moment to begin and another to be given up.
        Duration needed = within.multipliedBy(4).dividedBy(3);
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            if (stopped) {
                throw new RunEndedException("the service stops");
            }
            turn.require(needed);
            try {
                deletion.accept(within);
                return;
            } catch (StoreUnavailableException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RunEndedException("the service stops");
            }
            pause = pause.multipliedBy(2);
        }
    }
}
