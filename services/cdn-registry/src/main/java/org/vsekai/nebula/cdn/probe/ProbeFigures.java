package org.vsekai.nebula.cdn.probe;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the probes of a CDN add up to.
 *
 * @param healthy whether the last probe was good; false before the first
 * @param latencyMillis exponentially weighted mean over good probes; null before the first good one
 * @param failureRate exponentially weighted share of failed probes, 0 to 1
 * @param successCount good probes ever
 * @param failureCount failed probes ever
 * @param consecutiveFailures failed probes since the last good one
 * @param lastError why the last probe failed; null if it did not
 */
public record ProbeFigures(
        boolean healthy,
        @Nullable Double latencyMillis,
        double failureRate,
        long successCount,
        long failureCount,
        int consecutiveFailures,
        @Nullable String lastError) {
    /** The weight of the newest probe in the means: after about ten probes the past has faded. */
    static final double NEWEST_WEIGHT = 0.2;

    /** Before the first probe. */
    public static final ProbeFigures NONE = new ProbeFigures(false, null, 0, 0, 0, 0, null);

    public ProbeFigures {
        if (successCount < 0 || failureCount < 0 || consecutiveFailures < 0) {
            throw new IllegalArgumentException("counts must not be negative");
        }
        if (!(failureRate >= 0 && failureRate <= 1)) {
            throw new IllegalArgumentException("failureRate must be between 0 and 1, not " + failureRate);
        }
        if (latencyMillis != null && !(latencyMillis >= 0)) {
            throw new IllegalArgumentException("latencyMillis must not be negative, but is " + latencyMillis);
        }
    }

    /** The figures after one more probe. */
    public ProbeFigures after(ProbeOutcome outcome) {
        return switch (outcome) {
            case ProbeOutcome.Intact(Duration latency) -> {
                double millis = latency.toNanos() / 1e6;
                yield new ProbeFigures(
                        true,
                        latencyMillis == null ? millis : mean(latencyMillis, millis),
                        failureRateAfter(0),
                        successCount + 1,
                        failureCount,
                        0,
                        null);
            }
            case ProbeOutcome.Failed(String reason) ->
                new ProbeFigures(
                        false,
                        latencyMillis,
                        failureRateAfter(1),
                        successCount,
                        failureCount + 1,
                        consecutiveFailures + 1,
                        reason);
        };
    }

    private double failureRateAfter(double newest) {
        return successCount + failureCount == 0 ? newest : mean(failureRate, newest);
    }

    private static double mean(double before, double newest) {
        return before + NEWEST_WEIGHT * (newest - before);
    }
}
