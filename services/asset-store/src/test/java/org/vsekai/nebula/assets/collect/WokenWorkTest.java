package org.vsekai.nebula.assets.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WokenWorkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger times = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void errorDoesNotEndItForGood() {
        WokenWork work = new WokenWork(threads, () -> {
            if (times.incrementAndGet() == 1) {
                throw new StackOverflowError("too deep");
            }
        });
        work.wake();
        eventually(() -> assertThat(times).hasValue(1));
        work.wake();
        eventually(() -> assertThat(times).hasValue(2));
    }

    @Test
    void whatIsAskedForWhileItIsDoneIsDoneOnceMore() throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        WokenWork work = new WokenWork(threads, () -> {
            if (times.incrementAndGet() == 1) {
                awaitWhateverComes(goOn);
            }
        });
        work.wake();
        eventually(() -> assertThat(times).hasValue(1));
        work.wake();
        work.wake();
        goOn.countDown();
        eventually(() -> assertThat(times).hasValue(2));
        assertThat(work.stop(PATIENCE)).isTrue();
        assertThat(times).hasValue(2);
    }

    @Test
    void stopInterruptsAndWaitsForTheEnd() {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        WokenWork work = new WokenWork(threads, () -> {
            times.incrementAndGet();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            awaitWhateverComes(goOn);
            ended.set(true);
        });
        work.wake();
        eventually(() -> assertThat(times).hasValue(1));

        assertThat(work.stop(Duration.ofMillis(10)))
                .as("the end, while it is still at it")
                .isFalse();
        assertThat(interrupted.getCount()).isZero();
        assertThat(ended).isFalse();
        goOn.countDown();
        assertThat(work.stop(PATIENCE)).isTrue();
        assertThat(ended).isTrue();
        work.wake();
        assertThat(work.stop(PATIENCE)).isTrue();
        assertThat(times).hasValue(1);
    }

    private static void awaitWhateverComes(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // What has been begun is done.
            }
        }
    }
}
