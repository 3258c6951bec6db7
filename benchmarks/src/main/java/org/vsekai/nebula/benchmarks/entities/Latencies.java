package org.vsekai.nebula.benchmarks.entities;

/** Times in buckets that grow by a sixteenth of a power of two. Not thread-safe. */
final class Latencies {
    private static final int PARTS = 16;
    private static final int BUCKETS = 40 * PARTS;

    private final long[] counts = new long[BUCKETS];
    private long count;
    private long largestNanos;

    void record(long nanos) {
        long value = Math.max(nanos, PARTS);
        int power = 63 - Long.numberOfLeadingZeros(value);
        int part = (int) (value >>> power - 4) & PARTS - 1;
        counts[Math.min(BUCKETS - 1, (power - 4) * PARTS + part)]++;
        count++;
        largestNanos = Math.max(largestNanos, nanos);
    }

    void add(Latencies other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
        largestNanos = Math.max(largestNanos, other.largestNanos);
    }

    long count() {
        return count;
    }

    /** At most a sixteenth above the truth; 0 if there are none. */
    double quantileMillis(double part) {
        long wanted = Math.max(1, (long) Math.ceil(part * count));
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += counts[i];
            if (sum >= wanted) {
                int power = i / PARTS + 4;
                return ((1L << power) + ((i % PARTS + 1L) << power - 4)) / 1e6;
            }
        }
        return 0;
    }

    double largestMillis() {
        return largestNanos / 1e6;
    }
}
