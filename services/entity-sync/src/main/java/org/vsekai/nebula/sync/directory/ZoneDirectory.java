package org.vsekai.nebula.sync.directory;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.cache.CacheKind;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.kit.cache.TransientCache;
import org.vsekai.nebula.kit.ledger.NodeLease;
import org.vsekai.nebula.sync.world.ZoneName;

/**
 * Tells nodes where zones are that they do not own. What runs here is told again every second while the lease is held, and is forgotten
 * {@value #LIFESPAN_SECONDS} s after that ends; an owner that gives a zone up in good order takes it out. Without a cache cluster, or an
 * address of this node, nothing is told. Thread-safe; nothing here blocks.
 */
@ApplicationScoped
public class ZoneDirectory {
    private static final Logger LOG = Logger.getLogger(ZoneDirectory.class);
    private static final int LIFESPAN_SECONDS = 3;
    private static final Duration LIFESPAN = Duration.ofSeconds(LIFESPAN_SECONDS);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    /** Places are some hundred bytes each. */
    private static final long NODE_BYTES = 4L << 20;

    private final TransientCache<ZonePlace> places;
    private final boolean shared;
    /** What others are told of this node; empty where there is nobody to tell, or nothing. */
    private final Optional<String> told;

    private final NodeLease lease;
    private final Map<ZoneName, Long> here = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("zone-directory").daemon().factory());

    ZoneDirectory(
            SharedCaches caches,
            NodeLease lease,
            @ConfigProperty(name = "nebula.zones.address") Optional<String> address) {
        this.places = caches.openTransient(
                new CacheKind<>("zone-directory-v1", ZonePlace.class, new DirectorySchemaImpl(), LIFESPAN),
                NODE_BYTES,
                PATIENCE);
        this.shared = caches.isConfigured();
        this.told = address.filter(there -> shared);
        this.lease = lease;
        if (told.isPresent()) {
            var unused = timer.scheduleWithFixedDelay(() -> here.forEach(this::tell), 1, 1, TimeUnit.SECONDS);
        }
    }

    @PreDestroy
    void stop() {
        timer.shutdownNow();
    }

    /** A zone runs here. */
    public void add(ZoneName zone, long epoch) {
        here.put(zone, epoch);
        tell(zone, epoch);
    }

    /** A zone of this epoch does not run here any more. */
    public void remove(ZoneName zone, long epoch) {
        if (here.remove(zone, epoch) && told.isPresent()) {
            var unused = places.remove(zone.toString())
                    .subscribe()
                    .with(removed -> {}, failure -> LOG.debugf(failure, "The place of %s stays for a while", zone));
        }
    }

    /** host:port of another node that ran the zone a moment ago; empty where none is known. Does not fail. */
    public Uni<Optional<String>> find(ZoneName zone) {
        if (!shared) {
            return Uni.createFrom().item(Optional.empty());
        }
        return places.find(zone.toString())
                .map(found -> found.map(ZonePlace::address).filter(there -> !told.equals(Optional.of(there))))
                .onFailure()
                .recoverWithItem(Optional.empty());
    }

    private void tell(ZoneName zone, long epoch) {
        if (told.isPresent() && lease.findToken().isPresent()) {
            var unused = places.put(zone.toString(), new ZonePlace(epoch, told.get()), LIFESPAN)
                    .subscribe()
                    .with(put -> {}, failure -> LOG.debugf(failure, "The place of %s could not be told", zone));
        }
    }
}
