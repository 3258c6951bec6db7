package org.vsekai.nebula.sync.zone;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What became of a tier's attempts to write one zone, and how old what it has is. Thread-safe. */
public class TierTimes {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LongAdder completed = new LongAdder();
    private final LongAdder tookNanos = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile long newestNanos = System.nanoTime();

    /** @param begunNanos from when on changes may be missing in what was written */
    public final void completed(long begunNanos, long endedNanos) {
        completed.increment();
        tookNanos.add(endedNanos - begunNanos);
        newestNanos = begunNanos;
    }

    public final void failed() {
        failed.increment();
    }

    /** Of those that were completed. */
    public final long count() {
        return completed.sum();
    }

    public final long failures() {
        return failed.sum();
    }

    /** Of those that were completed, in all. */
    public final double seconds() {
        return tookNanos.sum() / NANOS_PER_SECOND;
    }

    /** How long ago it was that the oldest change may have been made which is not written. Before all, the zone has just been loaded. */
    public final double ageSeconds() {
        return Math.max(0, System.nanoTime() - newestNanos) / NANOS_PER_SECOND;
    }
}
