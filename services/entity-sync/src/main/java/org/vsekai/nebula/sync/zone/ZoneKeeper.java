package org.vsekai.nebula.sync.zone;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.LeaseChange;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.NodeLease;
import org.vsekai.nebula.kit.ledger.WatchEvent;
import org.vsekai.nebula.sync.EntitySyncConfig;
import org.vsekai.nebula.sync.directory.ZoneDirectory;
import org.vsekai.nebula.sync.world.Worlds;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.Zone;

/**
 * Which zones this node owns. It claims those that nobody has, in the ledger and under the node's one lease, loads their state, runs each
 * while the lease is surely held, and gives them up when it is not: before anybody else can be granted what hung under it.
 *
 * <p>Decisions are made by one thread, which waits for the ledger alone; zones are loaded and ended by others, several at once. {@link
 * #find}, {@link #zones} and {@link #release} are for any thread.
 */
@ApplicationScoped
class ZoneKeeper {
    private static final Logger LOG = Logger.getLogger(ZoneKeeper.class);
    /** That quantiles of steps look back at least, and at most twice. */
    private static final int STEP_SECONDS = 10;

    private static final String RESOURCES = "zone/";
    /** Before zones that have become nobody's are claimed: else the node that hears of it first, which leads the ledger, had all of them. */
    private static final Duration MOST_HESITATION = Duration.ofMillis(100);

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Zones that are loaded at once; and as many may be ended. */
    private static final int HELPERS = 4;
    /** While the shared cache, the database and the lease are still in use. */
    private static final int EARLY = 100;

    /** A zone on its way out, and when it is. */
    private record Finishing(ZoneThread zone, CompletableFuture<Void> done) {}

    private final ZonesConfig config;
    private final Worlds worlds;
    private final NodeLease lease;
    private final LedgerClient ledger;
    private final ZoneMetrics metrics;
    private final ZoneTiers tiers;
    private final ZoneDirectory directory;
    private final boolean hosted;
    private final Map<ZoneName, ZoneThread> owned = new ConcurrentHashMap<>();
    private final Map<ZoneName, Finishing> finishing = new ConcurrentHashMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private Cancellable watch = () -> {};
    /** Those below belong to the worker. */
    private final Set<ZoneName> loading = new HashSet<>();

    private final Map<ZoneName, Long> notBeforeNanos = new HashMap<>();
    private final Random order = new Random();
    private final SecureRandom random = new SecureRandom();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("zone-keeper").daemon().factory());
    private final ExecutorService loaders = helpers("zone-loader-");
    private final ExecutorService enders = helpers("zone-ender-");

    ZoneKeeper(
            ZonesConfig config,
            Worlds worlds,
            NodeLease lease,
            LedgerClient ledger,
            ZoneMetrics metrics,
            ZoneTiers tiers,
            ZoneDirectory directory,
            EntitySyncConfig role) {
        this.config = config;
        this.worlds = worlds;
        this.lease = lease;
        this.ledger = ledger;
        this.metrics = metrics;
        this.tiers = tiers;
        this.directory = directory;
        this.hosted = role.role().hostsZones();
    }

    void start(@Observes StartupEvent event) {
        if (hosted && !worlds.zones().isEmpty()) {
            lease.onLoss(token -> onWorker(this::giveUpAll));
            long interval = config.claimInterval().toMillis();
            var unused = worker.scheduleWithFixedDelay(this::claim, 0, interval, TimeUnit.MILLISECONDS);
            watch = ledger.watchLeases(RESOURCES)
                    .subscribe()
                    .with(
                            this::changed,
                            // Zones that nobody owns are looked for all the same, if less often.
                            failure -> LOG.warnf("Claims of zones cannot be watched: %s", failure.getMessage()));
        }
    }

    /** A zone that nobody owns any more is not left waiting for the next look. Many that come at once are one look. */
    private void changed(WatchEvent<LeaseChange> event) {
        if (event instanceof WatchEvent.Changed<LeaseChange>(long index, LeaseChange.ClaimEnded ended)
                && looking.compareAndSet(false, true)) {
            LOG.debugf("%s is nobody's since %d", ended.resource(), index);
            long hesitationNanos = ThreadLocalRandom.current().nextLong(MOST_HESITATION.toNanos());
            try {
                var unused = worker.schedule(this::look, hesitationNanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("The node stops, and needs not claim", e);
            }
        }
    }

    private void look() {
        looking.set(false);
        claim();
    }

    /** Before the lease is released. */
    void stop(@Observes @Priority(EARLY) ShutdownEvent event) {
        watch.cancel();
        worker.shutdownNow();
        try {
            if (!worker.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The keeper of zones still waits for the ledger");
            }
            zones().forEach(this::finish);
            CompletableFuture<Void> all = CompletableFuture.allOf(
                    finishing.values().stream().map(Finishing::done).toArray(CompletableFuture<?>[]::new));
            Void unused = all.get(config.finishPatience().plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("Zones could not be ended in good order: %s", e);
        }
        giveUpAll();
        loaders.shutdownNow();
        enders.shutdownNow();
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

    private static ExecutorService helpers(String name) {
        return Executors.newFixedThreadPool(
                HELPERS, Thread.ofPlatform().name(name, 1).daemon().factory());
    }

    private void onWorker(Runnable work) {
        try {
            worker.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("The node stops, and needs not know", e);
        }
    }

    private void claim() {
        try {
            Optional<Long> held = lease.findToken();
            if (held.isEmpty()) {
                giveUpAll();
                return;
            }
            List<ZoneName> wanted = worlds.zones();
            // Nodes that start together would all begin with the same zone.
            Collections.shuffle(wanted, order);
            for (ZoneName name : wanted) {
                if (owned.size() + loading.size() >= config.most()) {
                    return;
                }
                if (isWanted(name)) {
                    claim(name, held.get());
                }
            }
        } catch (RuntimeException e) {
            // No member of the ledger answers, or the lease is lost: the next round begins with that.
            LOG.debugf(e, "Zones could not be claimed");
        }
    }

    private boolean isWanted(ZoneName name) {
        Long notBefore = notBeforeNanos.get(name);
        return !owned.containsKey(name)
                && !loading.contains(name)
                && !finishing.containsKey(name)
                && (notBefore == null || System.nanoTime() - notBefore > 0);
    }

    private void claim(ZoneName name, long held) {
        ClaimAnswer answer = lease.claim(resource(name)).await().atMost(PATIENCE);
        if (answer instanceof ClaimAnswer.Claimed claimed) {
            loading.add(name);
            loaders.execute(() -> load(name, claimed.token(), held));
        }
    }

    /** @param held the lease's token before the claim */
    private void load(ZoneName name, long epoch, long held) {
        try {
            Zone zone = new Zone(worlds.findSettings(name, epoch).orElseThrow(), random);
            LoadedRound loaded = tiers.load(name, zone, config.loadPatience());
            zone.restored(ticksToResume(zone));
            onWorker(() -> run(name, zone, loaded, held));
        } catch (RuntimeException e) {
            LOG.warnf("The zone %s, epoch %d, could not be loaded and is given back: %s", name, epoch, e);
            onWorker(() -> {
                loading.remove(name);
                notBeforeNanos.put(
                        name, System.nanoTime() + config.claimInterval().toNanos());
                giveBack(name, epoch);
            });
        }
    }

    private void run(ZoneName name, Zone zone, LoadedRound loaded, long held) {
        loading.remove(name);
        if (!lease.findToken().equals(Optional.of(held))) {
            // The claim is lost with the lease it was made under.
            return;
        }
        ZoneThread thread = new ZoneThread(
                name,
                zone,
                ticksToResume(zone),
                new StepTimes(STEP_SECONDS * zone.settings().ticksPerSecond()));
        int entities = zone.entities();
        owned.put(name, thread);
        var unused = thread.ended().thenRun(() -> {
            directory.remove(name, thread.epoch());
            if (owned.remove(name, thread)) {
                onWorker(() -> ended(thread));
            }
        });
        metrics.register(thread);
        thread.start();
        tiers.start(thread);
        directory.add(name, thread.epoch());
        LOG.infof(
                "This node owns the zone %s, epoch %d, with %d entities%s",
                name,
                thread.epoch(),
                entities,
                loaded.equals(LoadedRound.NONE) ? "" : " of epoch " + loaded.epoch() + ", tick " + loaded.tick());
    }

    private int ticksToResume(Zone zone) {
        return (int) Math.min(
                Integer.MAX_VALUE / 2,
                config.resume().toMillis() * zone.settings().ticksPerSecond() / 1000);
    }

    /** A zone has ended by itself. Under a new epoch it may go on here, but others come first. */
    private void ended(ZoneThread zone) {
        LOG.warnf("The zone %s, epoch %d, has ended and is given back", zone.name(), zone.epoch());
        tiers.stop(zone);
        notBeforeNanos.put(zone.name(), System.nanoTime() + PATIENCE.toNanos());
        giveBack(zone.name(), zone.epoch());
    }

    private static String resource(ZoneName name) {
        return RESOURCES + name;
    }

    private void giveBack(ZoneName name, long epoch) {
        Cancellable unused = release(name, epoch).subscribe().with(released -> {}, failure -> {});
    }

    private Uni<Void> release(ZoneName name, long epoch) {
        return lease.release(resource(name), epoch)
                .ifNoItem()
                .after(PATIENCE)
                .fail()
                .onFailure()
                .invoke(failure -> LOG.warnf("%s is not given back yet: %s", name, failure.getMessage()))
                .onFailure()
                .recoverWithItem(false)
                .replaceWithVoid();
    }

    /** At once. */
    private void giveUpAll() {
        List<ZoneThread> all = new ArrayList<>(zones());
        finishing.values().forEach(leaving -> all.add(leaving.zone()));
        for (ZoneThread zone : all) {
            owned.remove(zone.name(), zone);
            zone.giveUp();
            tiers.stop(zone);
        }
        for (ZoneThread zone : all) {
            zone.close();
            LOG.infof("This node no longer owns the zone %s, epoch %d", zone.name(), zone.epoch());
        }
    }

    /** Gives a zone to whoever claims it next, with its state; this node does not for some time. */
    void release(ZoneName name) {
        onWorker(() -> {
            ZoneThread zone = owned.get(name);
            if (zone != null) {
                notBeforeNanos.put(name, System.nanoTime() + PATIENCE.toNanos());
                finish(zone);
            }
        });
    }

    /** Ends the sessions, has the tiers write what is left, ends the zone and gives the claim back, in this order. Does not block. */
    private void finish(ZoneThread zone) {
        ZoneName name = zone.name();
        CompletableFuture<Void> done = new CompletableFuture<>();
        finishing.put(name, new Finishing(zone, done));
        owned.remove(name, zone);
        directory.remove(name, zone.epoch());
        Cancellable unused = Uni.createFrom()
                .completionStage(zone.finish())
                .emitOn(enders)
                .chain(() -> tiers.finish(zone))
                .ifNoItem()
                .after(config.finishPatience())
                .fail()
                .onFailure()
                .invoke(failure -> LOG.errorf(failure, "The zone %s could not be ended in good order", name))
                .onFailure()
                .recoverWithNull()
                .emitOn(enders)
                .invoke(() -> {
                    tiers.stop(zone);
                    zone.close();
                })
                .chain(() -> release(name, zone.epoch()))
                .onTermination()
                .invoke(() -> {
                    finishing.remove(name);
                    done.complete(null);
                    LOG.infof("This node no longer owns the zone %s, epoch %d", name, zone.epoch());
                })
                .subscribe()
                .with(finished -> {}, failure -> LOG.errorf(failure, "The zone %s was not given back", name));
    }
}
