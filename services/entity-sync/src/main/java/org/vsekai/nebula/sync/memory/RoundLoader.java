package org.vsekai.nebula.sync.memory;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.cache.CacheUnavailableException;
import org.vsekai.nebula.kit.cache.StateCache;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.DamagedStateException;
import org.vsekai.nebula.zones.Zone;

/** Makes a zone of the newest complete round, and its header the new owner's. Thread-safe. */
final class RoundLoader {
    private static final Logger LOG = Logger.getLogger(RoundLoader.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration MOST_PAUSE = Duration.ofMillis(500);
    /** A cluster may need some seconds to notice that one of its nodes is gone. */
    private static final Duration TRYING = Duration.ofSeconds(5);
    /** Others that replace the header meanwhile are an owner before, whose rounds are ten a second. */
    private static final int MOST_REPLACED = 20;

    /**
     * What there was.
     *
     * @param damaged headers and pages that were missing or not whole
     */
    record Loaded(RoundHeader header, int damaged) {}

    private final StateCache cache;
    private final int inFlight;
    private final Executor thread;

    /** @param thread of one thread: a zone belongs to one at a time */
    RoundLoader(StateCache cache, int inFlight, Executor thread) {
        this.cache = cache;
        this.inFlight = inFlight;
        this.thread = thread;
    }

    /** Fails with {@link CacheUnavailableException} or {@link LateOwnerException}. */
    Uni<Loaded> load(ZoneName name, Zone zone) {
        return own(name, zone.settings().epoch(), MOST_REPLACED)
                .emitOn(thread)
                .chain(owned -> pages(name, zone, owned));
    }

    private <T> Uni<T> patiently(Uni<T> call) {
        return call.onFailure(CacheUnavailableException.class)
                .retry()
                .withBackOff(FIRST_PAUSE, MOST_PAUSE)
                .expireIn(TRYING.toMillis())
                // What it was tried for tells more than that it was tried.
                .onFailure(IllegalStateException.class)
                .transform(failure -> failure.getCause() instanceof CacheUnavailableException cause ? cause : failure);
    }

    /** Ends what owners before may write: none of them replaces a header of a larger owner. */
    private Uni<Loaded> own(ZoneName name, long epoch, int left) {
        String key = PageKeys.header(name);
        return patiently(cache.find(key)).chain(found -> {
            Optional<RoundHeader> whole = found.flatMap(there -> RoundHeader.decode(there.bytes()));
            if (whole.isPresent() && whole.get().owner() > epoch) {
                throw new LateOwnerException(name, epoch, whole.get().owner());
            }
            boolean damaged = found.isPresent() && whole.isEmpty();
            RoundHeader header = whole.orElseGet(() -> RoundHeader.empty(epoch)).ownedBy(epoch);
            byte[] bytes = header.encode();
            // A late answer to the first attempt is no harm: it put the same.
            Uni<Boolean> owned = found.map(there -> cache.replaceIf(key, bytes, there.version()))
                    .orElseGet(() -> cache.putIfAbsent(key, bytes));
            return patiently(owned).chain(done -> {
                if (done) {
                    return Uni.createFrom().item(new Loaded(header, damaged ? 1 : 0));
                }
                if (left == 0) {
                    return Uni.createFrom()
                            .failure(new IllegalStateException("somebody else replaces the header of " + name));
                }
                return own(name, epoch, left - 1);
            });
        });
    }

    private Uni<Loaded> pages(ZoneName name, Zone zone, Loaded owned) {
        RoundHeader header = owned.header();
        if (header.epoch() == 0) {
            return Uni.createFrom().item(owned);
        }
        int damagedSessions = restoreSessions(name, zone, header) ? 0 : 1;
        return Multi.createFrom()
                .iterable(IntStream.range(0, header.pages())
                        .mapToObj(header::page)
                        .toList())
                .onItem()
                .transformToUni(page -> patiently(
                                cache.find(PageKeys.page(name, header.epoch(), page.number(), page.version())))
                        .emitOn(thread)
                        .map(found -> restorePage(name, zone, page, found)))
                .merge(inFlight)
                .filter(restored -> !restored)
                .collect()
                .asList()
                .map(lost -> new Loaded(header, owned.damaged() + damagedSessions + lost.size()));
    }

    private static boolean restoreSessions(ZoneName name, Zone zone, RoundHeader header) {
        try {
            zone.restoreSessions(header.sessions(), 0, header.sessions().length);
            return true;
        } catch (DamagedStateException e) {
            LOG.errorf("The sessions of the zone %s, epoch %d, are damaged: %s", name, header.epoch(), e.getMessage());
            return false;
        }
    }

    private static boolean restorePage(
            ZoneName name, Zone zone, RoundHeader.Page page, Optional<StateCache.Found> found) {
        if (found.isEmpty()) {
            LOG.errorf("Page %d of the zone %s is not there", page.number(), name);
            return false;
        }
        byte[] bytes = found.get().bytes();
        if (bytes.length != page.length() || RoundHeader.checksum(bytes, 0, bytes.length) != page.checksum()) {
            LOG.errorf("Page %d of the zone %s is not what its round has written", page.number(), name);
            return false;
        }
        try {
            zone.restorePage(page.number(), bytes, 0, bytes.length);
            return true;
        } catch (DamagedStateException e) {
            LOG.errorf("Page %d of the zone %s is damaged: %s", page.number(), name, e.getMessage());
            return false;
        }
    }
}
