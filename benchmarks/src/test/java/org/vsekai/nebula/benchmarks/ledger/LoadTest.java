package org.vsekai.nebula.benchmarks.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadTest {
    private static Operation taking(long millis, AtomicInteger most, AtomicInteger underWay) {
        return deadline -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            return new CompletableFuture<Void>()
                    .completeOnTimeout(null, millis, TimeUnit.MILLISECONDS)
                    .thenRun(underWay::decrementAndGet);
        };
    }

    @Test
    void keepsEachCallerWaitingForItsOwnWrite() throws IOException {
        AtomicInteger most = new AtomicInteger();
        Operation operation = taking(20, most, new AtomicInteger());
        Load load = Load.run(Collections.nCopies(4, operation), Duration.ofMillis(300));
        assertThat(most).hasValueLessThanOrEqualTo(4).hasValueGreaterThan(1);
        assertThat(load.failures()).isZero();
        assertThat(load.writes()).isBetween(4L, 60L);
        assertThat(load.p50Millis()).isGreaterThanOrEqualTo(19);
        assertThat(load.p99Millis()).isGreaterThanOrEqualTo(load.p50Millis());
    }

    @Test
    void countsFailuresAndGivesUpWhenThereIsNothingElse() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        Operation everyOther = deadline -> calls.incrementAndGet() % 2 == 0
                ? taking(5, new AtomicInteger(), new AtomicInteger()).run(deadline)
                : failed();
        Load load = Load.run(List.of(everyOther), Duration.ofMillis(200));
        assertThat(load.failures()).isPositive();
        assertThat(load.writes()).isPositive();
        assertThatThrownBy(() -> Load.run(List.of(deadline -> failed()), Duration.ofSeconds(5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0 writes");
    }

    private static CompletableFuture<Void> failed() {
        return new CompletableFuture<Void>().orTimeout(1, TimeUnit.MILLISECONDS);
    }
}
