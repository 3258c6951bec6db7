package org.vsekai.nebula.benchmarks.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What callers that each wait for their write before the next one got done.
 *
 * @param writes committed
 * @param writesPerSecond committed
 * @param p50Millis half of the writes took no longer, conflicts and new tries included
 * @param p99Millis 99 of 100 took no longer
 * @param failures calls that failed
 */
record Load(long writes, double writesPerSecond, double p50Millis, double p99Millis, long failures) {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MAX_FAILURES = 1000;

    /** @throws IOException when nothing, or hardly anything, succeeds */
    static Load run(List<Operation> callers, Duration length) throws IOException {
        long start = System.nanoTime();
        LongAdder failures = new LongAdder();
        CountDownLatch ended = new CountDownLatch(callers.size());
        List<Caller> all = callers.stream()
                .map(operation -> new Caller(operation, start + length.toNanos(), failures, ended))
                .toList();
        all.forEach(Caller::next);
        try {
            if (!ended.await(length.plus(DEADLINE).plusSeconds(5).toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("a call goes on behind its deadline");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] nanos = all.stream()
                .flatMapToLong(caller -> Arrays.stream(caller.nanos, 0, caller.count))
                .sorted()
                .toArray();
        if (nanos.length == 0 || failures.sum() >= MAX_FAILURES) {
            throw new IOException("%d writes and %d failures".formatted(nanos.length, failures.sum()));
        }
        return new Load(
                nanos.length, nanos.length / seconds, percentile(nanos, 50), percentile(nanos, 99), failures.sum());
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
    }

    /** One caller; its fields are only touched by the call that is under way. */
    private static final class Caller {
        private final Operation operation;
        private final long end;
        private final LongAdder failures;
        private final CountDownLatch ended;
        private long[] nanos = new long[1024];
        private int count;

        Caller(Operation operation, long end, LongAdder failures, CountDownLatch ended) {
            this.operation = operation;
            this.end = end;
            this.failures = failures;
            this.ended = ended;
        }

        void next() {
            long begun = System.nanoTime();
            if (begun >= end || failures.sum() >= MAX_FAILURES) {
                ended.countDown();
                return;
            }
            var unused = operation.run(DEADLINE).whenComplete((nothing, failure) -> {
                if (failure == null) {
                    add(System.nanoTime() - begun);
                } else {
                    failures.increment();
                }
                next();
            });
        }

        private void add(long taken) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = taken;
        }
    }
}
