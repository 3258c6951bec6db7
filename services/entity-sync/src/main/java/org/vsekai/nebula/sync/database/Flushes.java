package org.vsekai.nebula.sync.database;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What a zone's flushes came to. Thread-safe. */
final class Flushes {
    private final LongAdder completed = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder tookNanos = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile long savedNanos;

    /** @param nowNanos when everything there is was in the database */
    Flushes(long nowNanos) {
        savedNanos = nowNanos;
    }

    void completed(long begunNanos, long endedNanos) {
        completed.increment();
        tookNanos.add(endedNanos - begunNanos);
        savedNanos = begunNanos;
    }

    void wrote(int written) {
        rows.add(written);
    }

    void failed() {
        failed.increment();
    }

    long count() {
        return completed.sum();
    }

    long rows() {
        return rows.sum();
    }

    long failures() {
        return failed.sum();
    }

    double seconds() {
        return tookNanos.sum() / (double) Duration.ofSeconds(1).toNanos();
    }

    /** How long ago it was that the oldest change may have been made which is not in the database. */
    double lagSeconds() {
        return Math.max(0, System.nanoTime() - savedNanos)
                / (double) Duration.ofSeconds(1).toNanos();
    }
}
