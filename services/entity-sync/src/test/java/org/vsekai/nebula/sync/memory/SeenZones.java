package org.vsekai.nebula.sync.memory;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.sync.zone.LoadedRound;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneTier;
import org.vsekai.nebula.zones.Zone;

/** Keeps nothing, but knows which zones run and what they were loaded from. */
@ApplicationScoped
class SeenZones implements ZoneTier {
    private final Map<ZoneName, RunningZone> running = new ConcurrentHashMap<>();
    private final Map<ZoneName, LoadedRound> loaded = new ConcurrentHashMap<>();

    Optional<RunningZone> find(ZoneName name) {
        return Optional.ofNullable(running.get(name));
    }

    LoadedRound loaded(ZoneName name) {
        return loaded.getOrDefault(name, LoadedRound.NONE);
    }

    @Override
    public int order() {
        return DATABASE + 1;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Uni<LoadedRound> load(ZoneName name, Zone zone, LoadedRound before) {
        loaded.put(name, before);
        return Uni.createFrom().item(before);
    }

    @Override
    public void start(RunningZone zone) {
        running.put(zone.name(), zone);
    }

    @Override
    public Uni<Void> finish(RunningZone zone) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public void stop(RunningZone zone) {
        running.remove(zone.name(), zone);
    }
}
