package org.vsekai.nebula.zones;

/**
 * How often a session hears of the cells at some distance from the middle of its area.
 *
 * @param fraction of the area's radius up to which this holds, above 0; the last tier's is infinite
 * @param period ticks between two tellings: a power of two up to {@value #LONGEST}
 */
public record Tier(double fraction, int period) {
    public static final int LONGEST = 16;

    public Tier {
        if (!(fraction > 0)) {
            throw new IllegalArgumentException("fraction must be above 0, not " + fraction);
        }
        Bounds.check("period", period, 1, LONGEST);
        if (Integer.bitCount(period) != 1) {
            throw new IllegalArgumentException("period must be a power of two, not " + period);
        }
    }
}
