package org.vsekai.nebula.sync.memory;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.cache.CacheUnavailableException;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.kit.cache.StateCache;
import org.vsekai.nebula.sync.EntitySyncConfig;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.sync.zone.LoadedRound;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneTier;
import org.vsekai.nebula.zones.Zone;

/** Zones' state in the memory of the shared cache's nodes. Off where no cache is configured. */
@ApplicationScoped
class MemoryTier implements ZoneTier {
    /** The name says the form of what is in it. */
    static final String CACHE = "zones-v1";

    private static final Logger LOG = Logger.getLogger(MemoryTier.class);
    private static final Duration SHORTEST_LIFESPAN = Duration.ofMinutes(1);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

    private final MemoryConfig config;
    private final MemoryMetrics metrics;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("zone-memory").daemon().factory());
    private final Map<RunningZone, ZoneRounds> running = new ConcurrentHashMap<>();
    /** What zones were loaded from that do not run yet. */
    private final Map<ZoneName, RoundHeader> loaded = new ConcurrentHashMap<>();
    /** Since when a zone's state could not be asked for. */
    private final Map<ZoneName, Long> unansweredNanos = new ConcurrentHashMap<>();

    private final @Nullable StateCache cache;

    MemoryTier(SharedCaches caches, MemoryConfig config, MemoryMetrics metrics, EntitySyncConfig role) {
        if (config.lifespan().compareTo(SHORTEST_LIFESPAN) < 0) {
            throw new IllegalArgumentException(
                    "nebula.zones.memory.lifespan must be a minute or more, not " + config.lifespan());
        }
        if (config.interval().compareTo(SHORTEST_INTERVAL) < 0) {
            throw new IllegalArgumentException(
                    "nebula.zones.memory.interval must be 10 ms or more, not " + config.interval());
        }
        if (config.inFlight() < 1) {
            throw new IllegalArgumentException(
                    "nebula.zones.memory.in-flight must be at least 1, not " + config.inFlight());
        }
        this.config = config;
        this.metrics = metrics;
        this.cache = role.role().hostsZones() && caches.isConfigured()
                ? caches.openState(CACHE, config.lifespan(), config.timeout())
                : null;
    }

    /** After the zones' keeper, which is early. */
    void onStop(@Observes ShutdownEvent event) {
        thread.shutdownNow();
    }

    @Override
    public int order() {
        return MEMORY;
    }

    @Override
    public boolean isOn() {
        return cache != null;
    }

    /** With one copy of each entry the death of a cache's node loses some. */
    @Override
    public boolean isPromising() {
        return cache != null && cache.owners() > 1;
    }

    /** What is damaged is left out and the round counts as none, so that rows of the database are taken for what is missing. */
    @Override
    public Uni<LoadedRound> load(ZoneName name, Zone zone, LoadedRound before) {
        if (cache == null) {
            return Uni.createFrom().item(before);
        }
        return new RoundLoader(cache, config.inFlight(), thread)
                .load(name, zone)
                .map(found -> {
                    unansweredNanos.remove(name);
                    RoundHeader header = found.header();
                    loaded.put(name, header);
                    if (found.damaged() > 0) {
                        metrics.countDamaged(name, found.damaged());
                        return before;
                    }
                    return header.epoch() == 0 ? before : new LoadedRound(header.epoch(), header.tick());
                })
                .onFailure(CacheUnavailableException.class)
                .recoverWithUni(failure -> {
                    if (isPatient(name)) {
                        return Uni.createFrom().failure(failure);
                    }
                    unansweredNanos.remove(name);
                    LOG.errorf(
                            "The zone %s begins WITHOUT what the shared cache may have of it, which does not answer"
                                    + " (nebula.zones.memory.patience): %s",
                            name, failure.getMessage());
                    return Uni.createFrom().item(before);
                });
    }

    private boolean isPatient(ZoneName name) {
        long nowNanos = System.nanoTime();
        long patienceNanos = config.patience().toNanos();
        // Long ago was another outage, after which somebody else owned the zone.
        long sinceNanos =
                unansweredNanos.merge(name, nowNanos, (since, now) -> now - since > 4 * patienceNanos ? now : since);
        return patienceNanos > 0 && nowNanos - sinceNanos < patienceNanos;
    }

    @Override
    public void start(RunningZone zone) {
        RoundHeader header = loaded.remove(zone.name());
        if (cache != null) {
            RoundTimes times = new RoundTimes();
            metrics.register(zone, times);
            ZoneRounds rounds = new ZoneRounds(zone, cache, config, times, thread, header);
            running.put(zone, rounds);
            rounds.start();
        }
    }

    @Override
    public Uni<Void> finish(RunningZone zone) {
        ZoneRounds rounds = running.get(zone);
        return rounds == null ? Uni.createFrom().voidItem() : rounds.finish();
    }

    @Override
    public void stop(RunningZone zone) {
        ZoneRounds rounds = running.remove(zone);
        if (rounds != null) {
            rounds.stop();
        }
    }
}
