package org.vsekai.nebula.zones;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a zone is and how much it holds. Lengths are millimetres.
 *
 * @param ticksPerSecond 1 to 60
 * @param cellSize of the grid's squares, 100 to 10,000,000
 * @param cellsX along x; what is beyond the border counts to the cells at the border
 * @param cellsZ along z; there are at most {@value #MOST_CELLS} cells
 * @param largestRadius of an area of interest; it may meet at most {@value #MOST_OPEN_CELLS} cells
 * @param entities at most, 1 to {@value #MOST_ENTITIES}
 * @param sessions at most, 1 to {@value #MOST_SESSIONS}
 * @param bytesPerSecond that a session is sent, as an average; a session hears first of what is nearest and of what it waited for longest
 * @param updatesPerSecond of entities that a session may send, as an average
 * @param components beside the built-in ones
 * @param tiers by distance, the nearest first, with growing fractions and periods
 */
public record ZoneSettings(
        String name,
        long epoch,
        int ticksPerSecond,
        int cellSize,
        int cellsX,
        int cellsZ,
        int largestRadius,
        int entities,
        int sessions,
        int bytesPerSecond,
        int updatesPerSecond,
        List<ComponentSchema> components,
        List<Tier> tiers) {

    public static final int MOST_CELLS = 1 << 20;
    public static final int MOST_OPEN_CELLS = 4096;
    public static final int MOST_ENTITIES = 1 << 20;
    public static final int MOST_SESSIONS = 10_000;
    public static final int MOST_TIERS = 4;

    /** Everything near in each tick, what is further away every second and every fourth. */
    public static final List<Tier> TIERS =
            List.of(new Tier(0.5, 1), new Tier(0.75, 2), new Tier(Double.POSITIVE_INFINITY, 4));

    /** Everything in each tick. */
    public static final List<Tier> ONE_TIER = List.of(new Tier(Double.POSITIVE_INFINITY, 1));

    public ZoneSettings {
        components = List.copyOf(components);
        tiers = List.copyOf(tiers);
        Bounds.check("ticksPerSecond", ticksPerSecond, 1, 60);
        Bounds.check("cellSize", cellSize, 100, 10_000_000);
        Bounds.check("cellsX", cellsX, 1, MOST_CELLS);
        Bounds.check("cellsZ", cellsZ, 1, MOST_CELLS);
        Bounds.check("cells", (long) cellsX * cellsZ, 1, MOST_CELLS);
        Bounds.check("the zone's length", (long) Math.max(cellsX, cellsZ) * cellSize, 1, 1 << 30);
        Bounds.check("largestRadius", largestRadius, 1, 1 << 29);
        long across = 2L * (largestRadius / cellSize + 2) + 1;
        Bounds.check(
                "cells that an area of interest meets",
                Math.min(across, cellsX) * Math.min(across, cellsZ),
                1,
                MOST_OPEN_CELLS);
        Bounds.check("entities", entities, 1, MOST_ENTITIES);
        Bounds.check("sessions", sessions, 1, MOST_SESSIONS);
        Bounds.check("bytesPerSecond", bytesPerSecond, 1024, 1 << 30);
        Bounds.check("updatesPerSecond", updatesPerSecond, 1, 10_000_000);
        Bounds.check("components", components.size(), 0, ComponentSchema.MOST);
        Bounds.check("tiers", tiers.size(), 1, MOST_TIERS);
        Set<Integer> numbers = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (ComponentSchema component : components) {
            if (!numbers.add(component.number()) || !names.add(component.name())) {
                throw new IllegalArgumentException("two components have the number or the name of " + component);
            }
        }
        for (int i = 1; i < tiers.size(); i++) {
            if (tiers.get(i).fraction() <= tiers.get(i - 1).fraction()
                    || tiers.get(i).period() <= tiers.get(i - 1).period()) {
                throw new IllegalArgumentException("fractions and periods of tiers must grow");
            }
        }
        if (tiers.getLast().fraction() != Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("the last tier's fraction must be infinite");
        }
    }

    int cells() {
        return cellsX * cellsZ;
    }
}
