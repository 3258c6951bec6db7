package org.vsekai.nebula.sync.memory;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What became of a zone's rounds. Written by one thread, read by any. */
final class RoundTimes {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong pages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    /** When the newest complete round captured, or in the beginning when the zone began. */
    private final AtomicLong newestNanos = new AtomicLong(System.nanoTime());

    void countPage(int length) {
        pages.incrementAndGet();
        bytes.addAndGet(length);
    }

    void countRound(long begunNanos, long endNanos) {
        rounds.incrementAndGet();
        nanos.addAndGet(endNanos - begunNanos);
        newestNanos.set(begunNanos);
    }

    void countFailure() {
        failures.incrementAndGet();
    }

    long rounds() {
        return rounds.get();
    }

    long pages() {
        return pages.get();
    }

    long bytes() {
        return bytes.get();
    }

    double seconds() {
        return nanos.get() / NANOS_PER_SECOND;
    }

    long failures() {
        return failures.get();
    }

    /** How much would be lost if the node died now, at most. */
    double ageSeconds() {
        return (System.nanoTime() - newestNanos.get()) / NANOS_PER_SECOND;
    }
}
