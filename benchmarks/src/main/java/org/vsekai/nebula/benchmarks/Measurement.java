package org.vsekai.nebula.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run took.
 *
 * @param wallSeconds from start to end, the start of a JVM included
 * @param userSeconds processor time in the program, of all threads and children
 * @param systemSeconds processor time in the kernel
 * @param peakBytes the most memory that was resident at a time, of the largest process
 */
public record Measurement(double wallSeconds, double userSeconds, double systemSeconds, long peakBytes) {
    /** Processor time in all. */
    public double cpuSeconds() {
        return userSeconds + systemSeconds;
    }

    /** This run with what followed it, as desync with {@code sync}: times add up, of the peaks the larger counts. */
    public Measurement then(Measurement next) {
        return new Measurement(
                wallSeconds + next.wallSeconds,
                userSeconds + next.userSeconds,
                systemSeconds + next.systemSeconds,
                Math.max(peakBytes, next.peakBytes));
    }

    /** Each figure's own median: they need not be one run's. */
    public static Measurement median(List<Measurement> runs) {
        return new Measurement(
                median(runs, Measurement::wallSeconds),
                median(runs, Measurement::userSeconds),
                median(runs, Measurement::systemSeconds),
                (long) median(runs, run -> (double) run.peakBytes));
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> figure) {
        return Medians.of(runs.stream().mapToDouble(figure).toArray());
    }

    /** Reads GNU time's {@code %U %S %M}. */
    static Measurement parse(double wallSeconds, String figures) throws IOException {
        String[] parts = figures.strip().split(" ");
        if (parts.length != 3) {
            throw new IOException("GNU time wrote \"" + figures.strip() + "\"");
        }
        return new Measurement(
                wallSeconds,
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]),
                Long.parseLong(parts[2]) * 1024);
    }
}
