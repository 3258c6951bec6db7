package org.vsekai.nebula.cdn.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.cdn.probe.ProbeOutcome.Failed;
import org.vsekai.nebula.cdn.probe.ProbeOutcome.Intact;

class ProbeFiguresTest {
    @Test
    void firstGoodProbeSetsTheLatency() {
        ProbeFigures figures = ProbeFigures.NONE.after(new Intact(Duration.ofMillis(40)));

        assertThat(figures).isEqualTo(new ProbeFigures(true, 40.0, 0, 1, 0, 0, null));
    }

    @Test
    void newerProbesWeighMore() {
        ProbeFigures figures =
                ProbeFigures.NONE.after(new Intact(Duration.ofMillis(40))).after(new Intact(Duration.ofMillis(90)));

        assertThat(figures.latencyMillis()).isCloseTo(50, within(1e-9));
        assertThat(figures.successCount()).isEqualTo(2);
    }

    @Test
    void failureKeepsTheLatencyAndSaysWhy() {
        ProbeFigures figures = ProbeFigures.NONE
                .after(new Intact(Duration.ofMillis(40)))
                .after(new Failed("HTTP status 404"))
                .after(new Failed("HTTP status 503"));

        assertThat(figures.healthy()).isFalse();
        assertThat(figures.latencyMillis()).isEqualTo(40);
        assertThat(figures.failureRate()).isCloseTo(0.36, within(1e-9));
        assertThat(figures.failureCount()).isEqualTo(2);
        assertThat(figures.consecutiveFailures()).isEqualTo(2);
        assertThat(figures.lastError()).isEqualTo("HTTP status 503");
    }

    @Test
    void goodProbeEndsARunOfFailures() {
        ProbeFigures figures =
                ProbeFigures.NONE.after(new Failed("HTTP status 404")).after(new Intact(Duration.ofMillis(10)));

        assertThat(figures.healthy()).isTrue();
        assertThat(figures.consecutiveFailures()).isZero();
        assertThat(figures.lastError()).isNull();
        assertThat(figures.failureRate()).isCloseTo(0.8, within(1e-9));
    }

    @Test
    void reasonFromTheNetworkIsOneBoundedLine() {
        assertThat(new Failed("a\r\nb\0" + "x".repeat(1_000)).reason())
                .hasSize(Failed.MAX_REASON_LENGTH)
                .startsWith("a  b x");
    }
}
