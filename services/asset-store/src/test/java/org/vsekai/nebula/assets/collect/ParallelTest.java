package org.vsekai.nebula.assets.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelTest {
    private static final List<Integer> ITEMS = IntStream.range(0, 100).boxed().toList();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void interruptedItWaitsForItsWorkersAndBeginsNothingMore() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Thread[] caller = new Thread[1];
        Future<?> work = threads.submit(() -> {
            caller[0] = Thread.currentThread();
            running.countDown();
            assertThatThrownBy(() -> Parallel.forEach(threads, 4, ITEMS, item -> {
                        begun.incrementAndGet();
                        await(goOn);
                        done.incrementAndGet();
                    }))
                    .isInstanceOf(RunEndedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(done.get()).isEqualTo(begun.get());
            return true;
        });
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        eventually(() -> assertThat(begun).hasValue(4));
        caller[0].interrupt();
        // The interrupt has been taken note of, and all that has been begun is still under way.
        eventually(() -> assertThat(caller[0].isInterrupted()).isFalse());
        assertThat(work.isDone()).isFalse();

        goOn.countDown();
        assertThat(work.get(30, TimeUnit.SECONDS)).isEqualTo(true);
        assertThat(begun.get()).isLessThan(ITEMS.size());
    }

    @Test
    void firstFailureIsTheOutcomeAndNothingMoreIsBegun() {
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> Parallel.forEach(threads, 1, ITEMS, item -> {
                    if (begun.incrementAndGet() == 3) {
                        throw new StackOverflowError("too deep");
                    }
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(begun).hasValue(3);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("workers are not interrupted", e);
        }
    }
}
