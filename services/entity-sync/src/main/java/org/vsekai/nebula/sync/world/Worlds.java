package org.vsekai.nebula.sync.world;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.vsekai.nebula.zones.ComponentSchema;
import org.vsekai.nebula.zones.Persistence;
import org.vsekai.nebula.zones.Tier;
import org.vsekai.nebula.zones.ZoneSettings;

/** The zones of all worlds. Immutable. */
@ApplicationScoped
public class Worlds {
    private static final int MOST_ZONES = 10_000;

    private final Map<String, WorldsConfig.World> worlds;

    /** Refuses what no zone can be, with the property's name. */
    Worlds(WorldsConfig config) {
        worlds = new TreeMap<>(config.worlds());
        worlds.forEach((name, world) -> {
            String property = "nebula.worlds.\"" + name + "\"";
            if (ZoneName.find(name + "/0/0").isEmpty()) {
                throw new IllegalArgumentException(
                        property + ": a world's name is 1 to 63 lower-case letters, digits and hyphens");
            }
            if (world.zonesX() < 1 || world.zonesZ() < 1 || (long) world.zonesX() * world.zonesZ() > MOST_ZONES) {
                throw new IllegalArgumentException(
                        property + ".zones-x and zones-z: a world has 1 to " + MOST_ZONES + " zones");
            }
            try {
                settings(new ZoneName(name, 0, 0), world, 1);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(property + ": " + e.getMessage(), e);
            }
        });
    }

    /** Of all worlds. */
    public List<ZoneName> zones() {
        List<ZoneName> zones = new ArrayList<>();
        worlds.forEach((name, world) -> {
            for (int z = 0; z < world.zonesZ(); z++) {
                for (int x = 0; x < world.zonesX(); x++) {
                    zones.add(new ZoneName(name, x, z));
                }
            }
        });
        return zones;
    }

    public boolean contains(ZoneName zone) {
        WorldsConfig.World world = worlds.get(zone.world());
        return world != null && zone.x() < world.zonesX() && zone.z() < world.zonesZ();
    }

    /** What the zone is under its owner's epoch; empty if no world has it. */
    public Optional<ZoneSettings> findSettings(ZoneName zone, long epoch) {
        WorldsConfig.World world = worlds.get(zone.world());
        return world != null && contains(zone) ? Optional.of(settings(zone, world, epoch)) : Optional.empty();
    }

    private static ZoneSettings settings(ZoneName zone, WorldsConfig.World world, long epoch) {
        return new ZoneSettings(
                zone.toString(),
                epoch,
                world.ticksPerSecond(),
                world.cellSize(),
                world.cellsX(),
                world.cellsZ(),
                world.largestRadius(),
                world.entities(),
                world.sessions(),
                Math.toIntExact(world.bytesPerSecond().asLongValue()),
                world.updatesPerSecond(),
                world.components().entrySet().stream()
                        .map(entry -> component(entry.getKey(), entry.getValue()))
                        .toList(),
                world.tiers().isEmpty()
                        ? ZoneSettings.TIERS
                        : world.tiers().stream()
                                .map(tier -> new Tier(tier.upTo(), tier.every()))
                                .toList());
    }

    private static ComponentSchema component(String name, WorldsConfig.Component component) {
        return new ComponentSchema(
                component.number(),
                name,
                component.largest(),
                switch (component.kept()) {
                    case VOLATILE -> Persistence.VOLATILE;
                    case DURABLE -> Persistence.DURABLE;
                    case BULK -> Persistence.BULK;
                },
                component.isPublic());
    }
}
