package org.vsekai.nebula.sync.zone;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long a zone's steps took, from when they were due until their last frame was handed to the transport. Buckets grow by an eighth of a
 * power of two, so a quantile is at most 9 % above the truth. One writer, any readers; recording allocates nothing.
 */
final class StepTimes {
    private static final int PARTS = 8;
    private static final int BUCKETS = 40 * PARTS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong shed = new AtomicLong();

    void record(long nanos, boolean isLate) {
        counts.lazySet(bucket(nanos), counts.get(bucket(nanos)) + 1);
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
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += counts.get(i);
        }
        return sum;
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

    /** Nanoseconds that this part of all steps did not take longer than; 0 if there were none. */
    long quantileNanos(double part) {
        long wanted = (long) Math.ceil(part * count());
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += counts.get(i);
            if (sum >= wanted && sum > 0) {
                return upperNanos(i);
            }
        }
        return 0;
    }
}
