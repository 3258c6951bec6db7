package org.vsekai.nebula.benchmarks;

import java.util.Arrays;

/** The middle of some figures. */
public final class Medians {
    private Medians() {}

    /**
     * The middle figure, of an even number the mean of the two in the middle.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static double of(double... figures) {
        if (figures.length == 0) {
            throw new IllegalArgumentException("no figures");
        }
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
