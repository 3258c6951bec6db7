package org.vsekai.nebula.assets.collect;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done each time somebody asks for it, by one thread at a time; asked for while it is done, it is done once more.
 * However it ends, it is done again when it is asked for again. Thread-safe.
 */
final class WokenWork {
    private static final Logger LOG = Logger.getLogger(WokenWork.class);

    private final ExecutorService threads;
    private final Runnable work;
    private boolean isWanted;
    private boolean stopping;
    private @Nullable Round round;

    /** The thread that works until nobody has asked for more. */
    private static final class Round {
        private final CountDownLatch ended = new CountDownLatch(1);
        private @Nullable Thread thread;
    }

    /** @param work may be interrupted */
    WokenWork(ExecutorService threads, Runnable work) {
        this.threads = threads;
        this.work = work;
    }

    synchronized void wake() {
        if (stopping) {
            return;
        }
        isWanted = true;
        if (round == null) {
            Round begun = new Round();
            threads.execute(() -> run(begun));
            round = begun;
        }
    }

    private void run(Round current) {
        try {
            while (begin(current)) {
                try {
                    work.run();
                } catch (Throwable e) {
                    // An Error, too: nobody else would ever do the work.
                    LOG.error("Work in the background failed, and is done again when it is asked for again", e);
                }
            }
        } finally {
            current.ended.countDown();
        }
    }

    private synchronized boolean begin(Round current) {
        if (stopping || !isWanted) {
            round = null;
            return false;
        }
        isWanted = false;
        current.thread = Thread.currentThread();
        return true;
    }

    /**
     * Interrupts the work, which is not done any more, and waits for its end.
     *
     * @return false if it goes on all the same
     */
    boolean stop(Duration patience) {
        Round last;
        synchronized (this) {
            stopping = true;
            last = round;
            if (last != null && last.thread != null) {
                last.thread.interrupt();
            }
        }
        try {
            return last == null || last.ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
