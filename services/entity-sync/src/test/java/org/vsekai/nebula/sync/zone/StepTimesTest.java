package org.vsekai.nebula.sync.zone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepTimesTest {
    @Test
    void aQuantileIsAtMostAnEighthAboveTheTruth() {
        StepTimes times = new StepTimes(1000);
        for (int i = 1; i <= 1000; i++) {
            times.record(i * 10_000L, false);
        }
        assertThat(times.count()).isEqualTo(1000);
        assertThat(times.totalNanos()).isEqualTo(500_500L * 10_000);
        assertThat(times.quantileNanos(0.5)).isBetween(5_000_000L, 5_625_000L);
        assertThat(times.quantileNanos(0.99)).isBetween(9_900_000L, 11_137_500L);
        assertThat(times.quantileNanos(1)).isBetween(10_000_000L, 11_250_000L);
    }

    @Test
    void anythingHasAPlaceHoweverShortOrLong() {
        StepTimes times = new StepTimes(10);
        assertThat(times.quantileNanos(0.99)).isZero();
        times.record(-5, false);
        times.record(0, false);
        times.record(Long.MAX_VALUE, true);
        times.countSkipped(3);
        assertThat(times.count()).isEqualTo(3);
        assertThat(times.late()).isEqualTo(1);
        assertThat(times.skipped()).isEqualTo(3);
        assertThat(times.quantileNanos(0.5)).isPositive();
    }

    @Test
    void quantilesForgetWhatIsTwoWindowsOld() {
        StepTimes times = new StepTimes(10);
        for (int i = 0; i < 10; i++) {
            times.record(1_000_000_000, true);
        }
        for (int i = 0; i < 10; i++) {
            times.record(1_000_000, false);
        }
        assertThat(times.quantileNanos(0.99)).isBetween(1_000_000_000L, 1_125_000_000L);
        times.record(1_000_000, false);
        assertThat(times.quantileNanos(0.99)).isBetween(1_000_000L, 1_125_000L);
        assertThat(times.count()).isEqualTo(21);
        assertThat(times.late()).isEqualTo(10);
    }
}
