package org.vsekai.nebula.sync.world;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.WithParentName;
import java.util.List;
import java.util.Map;

/** The worlds of this installation, by name; the same on every node that hosts zones. Lengths are millimetres. */
@ConfigMapping(prefix = "nebula.worlds")
public interface WorldsConfig {
    /** Names are lower-case letters, digits and hyphens. */
    @WithParentName
    Map<String, World> worlds();

    /** A grid of zones, all alike. */
    interface World {
        /** Zones along x. */
        @WithDefault("1")
        int zonesX();

        /** Zones along z. */
        @WithDefault("1")
        int zonesZ();

        /** 1 to 60. */
        @WithDefault("20")
        int ticksPerSecond();

        /** Of the squares that interest goes by: about an eighth to a third of a usual area's radius. */
        @WithDefault("32000")
        int cellSize();

        /** Cells of a zone along x. */
        @WithDefault("32")
        int cellsX();

        /** Cells of a zone along z. */
        @WithDefault("32")
        int cellsZ();

        /** Of an area of interest. */
        @WithDefault("256000")
        int largestRadius();

        /** In a zone, at most. */
        @WithDefault("100000")
        int entities();

        /** In a zone, at most. */
        @WithDefault("1000")
        int sessions();

        /** That a session is sent a second, as an average. */
        @WithDefault("1M")
        MemorySize bytesPerSecond();

        /** Of entities, that a session may send a second, as an average. */
        @WithDefault("2000")
        int updatesPerSecond();

        /** How often a session hears of what is how far; without any, {@link org.vsekai.nebula.zones.ZoneSettings#TIERS}. */
        List<DistanceTier> tiers();

        /** Beside transform, velocity and owner; by name. */
        Map<String, Component> components();
    }

    /** How often a session hears of the cells up to some distance. */
    interface DistanceTier {
        /** Part of the area's radius, above 0; {@code Infinity} in the last tier. */
        double upTo();

        /** In ticks: a power of two up to 16. */
        int every();
    }

    /** A component that entities may have. */
    interface Component {
        /** On the wire, 1 to 32; not to be changed while clients know it. */
        int number();

        /** Bytes of a value, 1 to 4,096. */
        int largest();

        /** How long a value is kept. */
        @WithDefault("volatile")
        Kept kept();

        /** Whether it goes into snapshots that everybody may read. */
        @WithName("public")
        @WithDefault("false")
        boolean isPublic();
    }

    /** How long a component's value is kept. */
    enum Kept {
        VOLATILE,
        DURABLE,
        BULK
    }
}
