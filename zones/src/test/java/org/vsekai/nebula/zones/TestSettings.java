package org.vsekai.nebula.zones;

import java.util.List;

/** Settings of a zone whose cells lie in a row along x, ten metres each, with no limit that a test does not set. */
final class TestSettings {
    int ticksPerSecond = 20;
    int cellsX = 16;
    int cellsZ = 1;
    int largestRadius = 200_000;
    int entities = 1_000;
    int sessions = 60;
    int bytesPerSecond = 1 << 30;
    int updatesPerSecond = 1_000_000;
    List<Tier> tiers = ZoneSettings.TIERS;
    List<ComponentSchema> components = List.of(new ComponentSchema(3, "health", 8, Persistence.DURABLE, true));

    ZoneSettings build() {
        return new ZoneSettings(
                "z",
                7,
                ticksPerSecond,
                10_000,
                cellsX,
                cellsZ,
                largestRadius,
                entities,
                sessions,
                bytesPerSecond,
                updatesPerSecond,
                components,
                tiers);
    }
}
