package org.vsekai.nebula.sync.zone;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.NodeLease;
import org.vsekai.nebula.sync.EntitySyncConfig;
import org.vsekai.nebula.sync.world.Worlds;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.Zone;
import org.vsekai.nebula.zones.ZoneSettings;

/**
 * Which zones this node owns. It claims those that nobody has, in the ledger and under the node's one lease, runs each while the lease is
 * surely held, and gives them up when it is not: before anybody else can be granted what hung under it.
 *
 * <p>Work is done by one thread; {@link #find} and {@link #zones} are for any.
 */
@ApplicationScoped
class ZoneKeeper {
    private static final Logger LOG = Logger.getLogger(ZoneKeeper.class);
    /** That quantiles of steps look back at least, and at most twice. */
    private static final int STEP_SECONDS = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ZonesConfig config;
    private final Worlds worlds;
    private final NodeLease lease;
    private final ZoneMetrics metrics;
    private final boolean hosted;
    private final Map<ZoneName, ZoneThread> owned = new ConcurrentHashMap<>();
    private final Map<ZoneName, Long> notBeforeNanos = new HashMap<>();
    private final Random order = new Random();
    private final SecureRandom random = new SecureRandom();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("zone-keeper").daemon().factory());

    ZoneKeeper(ZonesConfig config, Worlds worlds, NodeLease lease, ZoneMetrics metrics, EntitySyncConfig role) {
        this.config = config;
        this.worlds = worlds;
        this.lease = lease;
        this.metrics = metrics;
        this.hosted = role.role().hostsZones();
    }

    void start(@Observes StartupEvent event) {
        if (hosted && !worlds.zones().isEmpty()) {
            lease.onLoss(token -> worker.execute(this::giveUpAll));
            long interval = config.claimInterval().toMillis();
            var unused = worker.scheduleWithFixedDelay(this::claim, 0, interval, TimeUnit.MILLISECONDS);
        }
    }

    /** Before the lease is released. */
    void stop(@Observes ShutdownEvent event) {
        worker.shutdownNow();
        giveUpAll();
    }

    Optional<ZoneThread> find(ZoneName name) {
        return lease.findToken().isPresent() ? Optional.ofNullable(owned.get(name)) : Optional.empty();
    }

    /** By name. */
    Collection<ZoneThread> zones() {
        List<ZoneThread> zones = new ArrayList<>(owned.values());
        zones.sort((one, other) -> one.name().toString().compareTo(other.name().toString()));
        return zones;
    }

    private void claim() {
        try {
            if (lease.findToken().isEmpty()) {
                giveUpAll();
                return;
            }
            List<ZoneName> wanted = worlds.zones();
            // Nodes that start together would all begin with the same zone.
            Collections.shuffle(wanted, order);
            for (ZoneName name : wanted) {
                if (owned.size() >= config.most()) {
                    return;
                }
                Long notBefore = notBeforeNanos.get(name);
                if (!owned.containsKey(name) && (notBefore == null || System.nanoTime() - notBefore > 0)) {
                    claim(name);
                }
            }
        } catch (RuntimeException e) {
            // No member of the ledger answers, or the lease is lost: the next round begins with that.
            LOG.debugf(e, "Zones could not be claimed");
        }
    }

    private void claim(ZoneName name) {
        ClaimAnswer answer = lease.claim(resource(name)).await().atMost(PATIENCE);
        if (answer instanceof ClaimAnswer.Claimed claimed) {
            ZoneSettings settings = worlds.findSettings(name, claimed.token()).orElseThrow();
            int ticksToResume = (int)
                    Math.min(Integer.MAX_VALUE / 2, config.resume().toMillis() * settings.ticksPerSecond() / 1000);
            ZoneThread zone = new ZoneThread(
                    name,
                    new Zone(settings, random),
                    ticksToResume,
                    new StepTimes(STEP_SECONDS * settings.ticksPerSecond()));
            owned.put(name, zone);
            var unused = zone.ended().thenRun(() -> owned.remove(name, zone));
            metrics.register(zone);
            zone.start();
            LOG.infof("This node owns the zone %s, epoch %d", name, claimed.token());
        }
    }

    private static String resource(ZoneName name) {
        return "zone/" + name;
    }

    private void giveUpAll() {
        for (ZoneThread zone : zones()) {
            zone.close();
            owned.remove(zone.name(), zone);
            LOG.infof("This node no longer owns the zone %s, epoch %d", zone.name(), zone.epoch());
        }
    }

    /** Gives a zone to whoever claims it next; this node does not for some time. */
    void release(ZoneName name) {
        worker.execute(() -> {
            ZoneThread zone = owned.get(name);
            if (zone != null) {
                notBeforeNanos.put(name, System.nanoTime() + PATIENCE.toNanos());
                zone.close();
                owned.remove(name, zone);
                Cancellable unused = lease.release(resource(name), zone.epoch())
                        .subscribe()
                        .with(released -> {}, failure -> LOG.warnf("%s: %s", name, failure.getMessage()));
            }
        });
    }
}
