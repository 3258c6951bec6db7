package org.vsekai.nebula.sync.zone;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long a zone's steps took, from when they were due until their last frame was handed to the transport. Buckets grow by an eighth of a
 * power of two, so a quantile is at most an eighth above the truth. Quantiles are of the newest steps, one to two windows of them; all else
 * counts from the beginning. One writer, any readers; recording allocates nothing.
 */
final class StepTimes {
    private static final int PARTS = 8;
    private static final int BUCKETS = 40 * PARTS;

    private final int window;
    private final AtomicLongArray current = new AtomicLongArray(BUCKETS);
    private final AtomicLongArray before = new AtomicLongArray(BUCKETS);
    private int inWindow;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong shed = new AtomicLong();

    /** @param window steps that quantiles look back at least */
    StepTimes(int window) {
        this.window = window;
    }

    void record(long nanos, boolean isLate) {
        if (inWindow == window) {
            for (int i = 0; i < BUCKETS; i++) {
                before.lazySet(i, current.get(i));
                current.lazySet(i, 0);
            }
            inWindow = 0;
        }
        inWindow++;
        int bucket = bucket(nanos);
        current.lazySet(bucket, current.get(bucket) + 1);
        count.lazySet(count.get() + 1);
        total.lazySet(total.get() + nanos);
        if (isLate) {
            late.incrementAndGet();
        }
    }

    private static int bucket(long nanos) {
        long value = Math.max(nanos, PARTS);
        int power = 63 - Long.numberOfLeadingZeros(value);
        int part = (int) (value >>> power - 3) & PARTS - 1;
        return Math.min(BUCKETS - 1, (power - 3) * PARTS + part);
    }

    private static long upperNanos(int bucket) {
        int power = bucket / PARTS + 3;
        return (1L << power) + ((bucket % PARTS + 1L) << power - 3);
    }

    void countSkipped(long ticks) {
        skipped.addAndGet(ticks);
    }

    void countShed() {
        shed.incrementAndGet();
    }

    long count() {
        return count.get();
    }

    long totalNanos() {
        return total.get();
    }

    /** Steps that ended after the next was due. */
    long late() {
        return late.get();
    }

    /** Ticks that were left out, as too many lay behind. */
    long skipped() {
        return skipped.get();
    }

    /** Frames that were not taken, as too many waited. */
    long shed() {
        return shed.get();
    }

    /** Nanoseconds that this part of the newest steps did not take longer than; 0 if there were none. */
    long quantileNanos(double part) {
        long[] counts = new long[BUCKETS];
        long all = 0;
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = current.get(i) + before.get(i);
            all += counts[i];
        }
        long wanted = Math.max(1, (long) Math.ceil(part * all));
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += counts[i];
            if (sum >= wanted) {
                return upperNanos(i);
            }
        }
        return 0;
    }
}
