package org.vsekai.nebula.sync.asset;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneGoneException;

/**
 * Holds what the entities of one running zone name, look after look. An asset's row is written first and its reference made then; an asset
 * that no entity names any more is let go once the database, too, has no entity that does, and its row goes last. So whoever owns the
 * zone next finds a row for each reference that there may be. One look at a time; thread-safe.
 */
final class ZoneAssets {
    private static final Logger LOG = Logger.getLogger(ZoneAssets.class);
    private static final int CALLS_AT_ONCE = 16;
    private static final int LOOKS_BEFORE_UNKNOWN = 12;

    private final RunningZone zone;
    private final HeldAssets rows;
    private final AssetReferences references;
    private final AssetsConfig config;
    private final String holder;
    private final LongAdder failures = new LongAdder();

    /** Those below are of one look, and the next one comes after it. Null: not read yet. */
    private volatile @Nullable Set<UUID> written;

    private final Set<UUID> held = ConcurrentHashMap.newKeySet();
    /** There were none of these ids when they were asked for, which may be before they come. */
    private final Set<UUID> unknown = ConcurrentHashMap.newKeySet();
    /** The tick at which nothing named them any more. */
    private final Map<UUID, Integer> unnamed = new HashMap<>();

    private int looks;
    private volatile int heldCount;
    private volatile boolean failing;

    /** Those below are guarded by this object. */
    private boolean ended;

    private @Nullable ScheduledFuture<?> next;

    /** What the zone's thread saw. */
    private record Seen(Set<UUID> named, int tick, int saved) {}

    ZoneAssets(RunningZone zone, HeldAssets rows, AssetReferences references, AssetsConfig config) {
        this.zone = zone;
        this.rows = rows;
        this.references = references;
        this.config = config;
        this.holder = "zone/" + zone.name();
    }

    /** How many are held. */
    double heldCount() {
        return heldCount;
    }

    /** Looks that failed. */
    double failures() {
        return failures.sum();
    }

    void start() {
        schedule(config.interval());
    }

    private synchronized void schedule(Duration delay) {
        if (!ended) {
            next = Infrastructure.getDefaultWorkerPool().schedule(this::begin, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void begin() {
        var unused = look().subscribe().with(nothing -> succeeded(), this::failed);
    }

    private void succeeded() {
        if (failing) {
            failing = false;
            LOG.infof("Assets of the zone %s are held again", zone.name());
        }
        schedule(config.interval());
    }

    private void failed(Throwable failure) {
        if (failure instanceof FencedOutException || failure instanceof ZoneGoneException) {
            // The zone's rows say the same to whoever ends it.
            stop();
            return;
        }
        failures.increment();
        LOG.logf(
                failing ? Logger.Level.DEBUG : Logger.Level.WARN,
                "Assets that entities of the zone %s name cannot be held or let go now, which is tried again: %s",
                zone.name(),
                failure);
        failing = true;
        schedule(config.interval());
    }

    private Uni<Void> look() {
        return known().chain(() -> ask()).chain(seen -> hold(seen.named()).chain(() -> letGo(seen)));
    }

    private Uni<Void> known() {
        return written != null
                ? Uni.createFrom().voidItem()
                : patiently(rows.read(zone.name()))
                        .invoke(found -> written = found)
                        .replaceWithVoid();
    }

    private Uni<Seen> ask() {
        return Uni.createFrom()
                .completionStage(() -> zone.ask(state -> {
                    Set<UUID> named = new HashSet<>();
                    state.bulkAssets(named, config.most());
                    return new Seen(named, state.tick(), state.savedTick());
                }))
                .emitOn(Infrastructure.getDefaultExecutor())
                // A stage wraps its failure.
                .onFailure(CompletionException.class)
                .transform(failure -> failure.getCause() == null ? failure : failure.getCause());
    }

    private Uni<Void> hold(Set<UUID> named) {
        unnamed.keySet().removeAll(named);
        if (++looks % LOOKS_BEFORE_UNKNOWN == 0) {
            unknown.clear();
        }
        Set<UUID> fresh = new HashSet<>(named);
        fresh.removeAll(rowsWritten());
        Uni<Void> announced = fresh.isEmpty()
                ? Uni.createFrom().voidItem()
                : patiently(rows.add(zone.name(), zone.epoch(), fresh))
                        .invoke(() -> rowsWritten().addAll(fresh));
        return announced.chain(() -> {
            Set<UUID> wanted = new HashSet<>(named);
            wanted.removeAll(held);
            wanted.removeAll(unknown);
            return each(wanted, asset -> references.add(asset, holder).invoke(found -> {
                if (found) {
                    held.add(asset);
                } else {
                    unknown.add(asset);
                    LOG.debugf("An entity of the zone %s names the asset %s, which is not there", zone.name(), asset);
                }
            }));
        });
    }

    private Uni<Void> letGo(Seen seen) {
        heldCount = held.size();
        List<UUID> gone = new ArrayList<>();
        for (UUID asset : rowsWritten()) {
            if (!seen.named().contains(asset)) {
                int since = unnamed.computeIfAbsent(asset, first -> seen.tick());
                if (seen.saved() != 0 && seen.saved() - since > 0) {
                    gone.add(asset);
                }
            }
        }
        if (gone.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return each(gone, asset -> references.remove(asset, holder))
                .chain(() -> patiently(rows.remove(zone.name(), zone.epoch(), gone)))
                .invoke(() -> {
                    rowsWritten().removeAll(gone);
                    held.removeAll(gone);
                    unnamed.keySet().removeAll(gone);
                    heldCount = held.size();
                });
    }

    private Set<UUID> rowsWritten() {
        Set<UUID> known = written;
        if (known == null) {
            throw new IllegalStateException("the rows of " + zone.name() + " are not read yet");
        }
        return known;
    }

    private static Uni<Void> each(Collection<UUID> assets, Function<UUID, Uni<?>> work) {
        return Multi.createFrom()
                .iterable(List.copyOf(assets))
                .onItem()
                .transformToUni(asset -> work.apply(asset).replaceWithVoid())
                .merge(CALLS_AT_ONCE)
                .onItem()
                .ignoreAsUni();
    }

    private <T> Uni<T> patiently(Uni<T> work) {
        return work.ifNoItem().after(config.timeout()).fail();
    }

    /** Begins nothing more; what is held stays so, for the next owner. */
    synchronized void stop() {
        ended = true;
        if (next != null) {
            next.cancel(false);
        }
    }
}
