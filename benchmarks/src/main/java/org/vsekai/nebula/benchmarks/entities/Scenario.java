package org.vsekai.nebula.benchmarks.entities;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A place and who is in it.
 *
 * @param sizeMillimetres side of the square in which entities walk
 * @param radiusMillimetres of each session's area of interest
 * @param movedPart of each owner's entities that move at each of its sendings
 * @param owners sessions that own entities, all of them seeing as well
 * @param observers sessions that only see
 * @param joinsPerSecond of further sessions that join, see, and leave
 */
record Scenario(
        String name,
        String what,
        int sizeMillimetres,
        int cellMillimetres,
        int radiusMillimetres,
        int ticksPerSecond,
        int rate,
        int entities,
        double movedPart,
        int owners,
        boolean ownersSee,
        int observers,
        int joinsPerSecond) {

    /** One room: everybody owns one entity and sees all. */
    static Scenario room(int sessions, int ticks) {
        return new Scenario(
                "room", "all see all", 100_000, 50_000, 100_000, ticks, 20, sessions, 1, sessions, true, 0, 0);
    }

    /** Everybody sees its own neighbourhood. */
    static Scenario neighbourhood(int sessions, int ticks) {
        return new Scenario(
                "neighbourhood",
                "each sees about 50 of them",
                100_000,
                5_000,
                6_000,
                ticks,
                20,
                10 * sessions,
                1,
                sessions,
                true,
                0,
                0);
    }

    /** A city, of which one in twenty moves at any time. */
    static Scenario city(int entities, int observers) {
        return new Scenario(
                "city",
                "5 % of them move at each tick",
                3_200_000,
                16_000,
                72_000,
                20,
                20,
                entities,
                0.05,
                20,
                false,
                observers,
                0);
    }

    /** A room that people enter and leave. */
    static Scenario churn(int sessions, int joins) {
        return new Scenario(
                "churn",
                joins + " sessions a second join with an entity, stay 5 s and leave",
                100_000,
                10_000,
                30_000,
                20,
                20,
                sessions,
                1,
                sessions,
                true,
                0,
                joins);
    }

    /** The world of one zone in which it takes place. */
    Map<String, String> world() {
        Map<String, String> world = new LinkedHashMap<>();
        int cells = (sizeMillimetres + cellMillimetres - 1) / cellMillimetres;
        world.put("ticks-per-second", Integer.toString(ticksPerSecond));
        world.put("cell-size", Integer.toString(cellMillimetres));
        world.put("cells-x", Integer.toString(cells));
        world.put("cells-z", Integer.toString(cells));
        world.put("largest-radius", Integer.toString(radiusMillimetres));
        world.put("entities", Integer.toString(entities + 1000));
        world.put("sessions", Integer.toString(owners + observers + 20 * joinsPerSecond + 10));
        world.put("bytes-per-second", "16M");
        world.put("updates-per-second", "1000000");
        // No distance tiers: every session is told of everything that it sees in every tick, as by those compared with.
        world.put("tiers[0].up-to", "Infinity");
        world.put("tiers[0].every", "1");
        return world;
    }
}
