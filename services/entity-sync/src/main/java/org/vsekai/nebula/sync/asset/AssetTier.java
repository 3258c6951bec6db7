package org.vsekai.nebula.sync.asset;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.sync.zone.LoadedRound;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneMeters;
import org.vsekai.nebula.sync.zone.ZoneTier;
import org.vsekai.nebula.zones.Zone;

/** Holds the assets of zones that run here, where asset-store and a database are configured; without, it does nothing. */
@ApplicationScoped
class AssetTier implements ZoneTier {
    /** After those that keep entities. */
    private static final int ASSETS = 3;

    private final HeldAssets rows;
    private final AssetReferences references;
    private final AssetsConfig config;
    private final MeterRegistry registry;
    private final Map<Key, ZoneAssets> zones = new ConcurrentHashMap<>();

    /** One owner's time with a zone. */
    private record Key(ZoneName name, long epoch) {}

    AssetTier(HeldAssets rows, AssetReferences references, AssetsConfig config, MeterRegistry registry) {
        this.rows = rows;
        this.references = references;
        this.config = config;
        this.registry = registry;
    }

    @Override
    public int order() {
        return ASSETS;
    }

    @Override
    public boolean isOn() {
        return references.isConfigured() && rows.isConfigured();
    }

    @Override
    public Uni<LoadedRound> load(ZoneName name, Zone zone, LoadedRound before) {
        return Uni.createFrom().item(before);
    }

    @Override
    public void start(RunningZone zone) {
        ZoneAssets assets = new ZoneAssets(zone, rows, references, config);
        if (zones.putIfAbsent(new Key(zone.name(), zone.epoch()), assets) == null) {
            ZoneMeters meters = new ZoneMeters(registry, zone, "nebula.zone.assets.");
            meters.gauge("held", "Assets that are held for entities", assets, ZoneAssets::heldCount);
            meters.count("failures", "Looks that failed", assets, ZoneAssets::failures);
            meters.untilEnd();
            assets.start();
        }
    }

    @Override
    public Uni<Void> finish(RunningZone zone) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public void stop(RunningZone zone) {
        ZoneAssets assets = zones.remove(new Key(zone.name(), zone.epoch()));
        if (assets != null) {
            assets.stop();
        }
    }
}
