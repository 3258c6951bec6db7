package org.vsekai.nebula.sync.database;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.vsekai.nebula.sync.world.Worlds;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.sync.zone.LoadedRound;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneTier;
import org.vsekai.nebula.zones.ComponentSchema;
import org.vsekai.nebula.zones.DamagedStateException;
import org.vsekai.nebula.zones.DurableRows;
import org.vsekai.nebula.zones.Persistence;
import org.vsekai.nebula.zones.Zone;
import org.vsekai.nebula.zones.ZoneSettings;

/** Keeps persistent entities in the database, where one is configured; without, it does nothing. */
@ApplicationScoped
class DatabaseTier implements ZoneTier {
    /** Of components, that are in memory for a zone and a transaction at most. */
    private static final int LARGEST_BATCH_BYTES = 4 << 20;

    private static final int ROW_BYTES = 128;
    private static final int COMPONENT_BYTES = 16;

    private final EntityRows table;
    private final DatabaseConfig config;
    private final FlushMetrics metrics;
    private final Worlds worlds;
    private final Map<Key, ZoneFlusher> flushers = new ConcurrentHashMap<>();

    /** One owner's time with a zone. */
    private record Key(ZoneName name, long epoch) {
        private static Key of(RunningZone zone) {
            return new Key(zone.name(), zone.epoch());
        }
    }

    DatabaseTier(EntityRows table, DatabaseConfig config, FlushMetrics metrics, Worlds worlds) {
        if (config.rows() < 1 || config.loadedRows() < 1) {
            throw new IllegalArgumentException("nebula.zones.database.rows and .loaded-rows must be at least 1, not "
                    + config.rows() + " and " + config.loadedRows());
        }
        this.table = table;
        this.config = config;
        this.metrics = metrics;
        this.worlds = worlds;
    }

    @Override
    public int order() {
        return DATABASE;
    }

    @Override
    public boolean isOn() {
        return table.isConfigured();
    }

    @Override
    public Uni<LoadedRound> load(ZoneName name, Zone zone, LoadedRound before) {
        zone.keepDeleted(true);
        int most = rowsAtOnce(zone.settings(), config.loadedRows());
        // An earlier owner that is still awake could write behind the page that was read last.
        return patiently(table.claim(name, zone.settings().epoch()))
                .chain(() -> page(name, zone, before, Optional.empty(), most, new DurableRows(most)))
                .replaceWith(before);
    }

    private Uni<Void> page(
            ZoneName name, Zone zone, LoadedRound before, Optional<UUID> after, int most, DurableRows rows) {
        return patiently(table.read(name, after, most, rows)).chain(last -> {
            for (int i = 0; i < rows.size(); i++) {
                restore(name, zone, before, rows, i);
            }
            return last.isPresent()
                    ? page(name, zone, before, last, most, rows)
                    : Uni.createFrom().voidItem();
        });
    }

    private static void restore(ZoneName name, Zone zone, LoadedRound before, DurableRows rows, int row) {
        try {
            boolean unused = zone.restoreRow(rows, row, before.epoch(), before.tick());
        } catch (DamagedStateException e) {
            throw new IllegalStateException(
                    "The row of the entity " + new UUID(rows.idHigh(row), rows.idLow(row)) + " of " + name
                            + " is damaged, and what of it can be used is for somebody to decide",
                    e);
        }
    }

    private <T> Uni<T> patiently(Uni<T> work) {
        return work.ifNoItem().after(config.patience()).fail();
    }

    private ZoneFlusher flusher(RunningZone zone) {
        ZoneSettings settings = worlds.findSettings(zone.name(), zone.epoch()).orElseThrow();
        Flushes flushes = new Flushes();
        metrics.register(zone, flushes);
        return new ZoneFlusher(zone, table, config, flushes, rowsAtOnce(settings, config.rows()));
    }

    /** As many as may be in memory even if all components are as large as they may be. */
    private static int rowsAtOnce(ZoneSettings settings, int most) {
        int rowBytes = ROW_BYTES;
        for (ComponentSchema component : settings.components()) {
            if (component.persistence() != Persistence.VOLATILE) {
                rowBytes += component.largest() + COMPONENT_BYTES;
            }
        }
        return Math.clamp(LARGEST_BATCH_BYTES / rowBytes, 1, most);
    }

    @Override
    public void start(RunningZone zone) {
        flushers.computeIfAbsent(Key.of(zone), key -> flusher(zone)).start();
    }

    @Override
    public Uni<Void> finish(RunningZone zone) {
        ZoneFlusher flusher = flushers.get(Key.of(zone));
        return flusher == null ? Uni.createFrom().voidItem() : flusher.finish();
    }

    @Override
    public void stop(RunningZone zone) {
        ZoneFlusher flusher = flushers.remove(Key.of(zone));
        if (flusher != null) {
            flusher.stop();
        }
    }
}
