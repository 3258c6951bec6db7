package org.vsekai.nebula.sync.memory;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.cache.CacheUnavailableException;
import org.vsekai.nebula.kit.cache.StateCache;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.zones.ZoneCapture;

/**
 * One zone's rounds, one at a time: look who owns the header, capture what changed since the last complete round, write the pages, and
 * replace the header if it is still the one that was seen. A round that fails leaves the last one as it was.
 *
 * <p>All of it is done by the one thread that is given; {@link #finish} and {@link #stop} are for any.
 */
final class ZoneRounds {
    private static final Logger LOG = Logger.getLogger(ZoneRounds.class);
    private static final Duration MOST_PAUSE = Duration.ofSeconds(1);
    private static final int LAST_TRIES = 3;

    private final RunningZone zone;
    private final StateCache cache;
    private final MemoryConfig config;
    private final RoundTimes times;
    private final ScheduledExecutorService thread;
    /** What the zone was loaded from, until a round of its own epoch is complete. */
    private @Nullable RoundHeader loaded;

    private final PageVersions versions = new PageVersions();
    private final ZoneCapture capture = new ZoneCapture();
    private int completeTick;
    private long writtenWholeNanos = System.nanoTime();
    private int failuresInARow;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private boolean finishing;
    private volatile boolean stopped;

    ZoneRounds(
            RunningZone zone,
            StateCache cache,
            MemoryConfig config,
            RoundTimes times,
            ScheduledExecutorService thread,
            @Nullable RoundHeader loaded) {
        this.zone = zone;
        this.cache = cache;
        this.config = config;
        this.times = times;
        this.thread = thread;
        this.loaded = loaded;
    }

    void start() {
        after(Duration.ZERO, this::begin);
    }

    /** No round begins any more, and the header that is being written is the last. */
    void stop() {
        stopped = true;
    }

    /** A last round, once the one that is being written is over. Fails where the last attempt does. */
    Uni<Void> finish() {
        return Uni.createFrom()
                .voidItem()
                .emitOn(thread)
                .invoke(() -> finishing = true)
                .chain(() -> Uni.createFrom().completionStage(() -> running.copy()))
                .onFailure()
                .recoverWithNull()
                .emitOn(thread)
                .chain(() -> Uni.createFrom()
                        .deferred(this::round)
                        .onFailure()
                        .retry()
                        .withBackOff(config.interval(), MOST_PAUSE)
                        .atMost(LAST_TRIES));
    }

    private void after(Duration pause, Runnable work) {
        try {
            var unused = thread.schedule(work, pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The node stops", e);
        }
    }

    private void begin() {
        if (stopped || finishing) {
            return;
        }
        long begunNanos = System.nanoTime();
        CompletableFuture<Void> done = new CompletableFuture<>();
        running = done;
        Cancellable unused = round().emitOn(thread)
                .subscribe()
                .with(
                        complete -> {
                            if (failuresInARow > 0) {
                                LOG.infof("Rounds of the zone %s are complete again", zone.name());
                            }
                            failuresInARow = 0;
                            next(begunNanos, config.interval());
                            done.complete(null);
                        },
                        failure -> {
                            if (failuresInARow++ == 0 && !stopped) {
                                LOG.warnf(
                                        "A round of the zone %s, epoch %d, failed: %s",
                                        zone.name(), zone.epoch(), failure.getMessage());
                            }
                            long doubled = config.interval().toMillis() << Math.min(failuresInARow, 10);
                            next(begunNanos, Duration.ofMillis(Math.min(doubled, MOST_PAUSE.toMillis())));
                            done.complete(null);
                        });
    }

    private void next(long begunNanos, Duration period) {
        Duration left = period.minusNanos(System.nanoTime() - begunNanos);
        after(left.isNegative() ? Duration.ZERO : left, this::begin);
    }

    private Uni<Void> round() {
        long begunNanos = System.nanoTime();
        return cache.find(PageKeys.header(zone.name()))
                .emitOn(thread)
                .chain(found -> {
                    if (found.isPresent()) {
                        requireOwned(found.get().bytes());
                    } else if (completeTick > 0) {
                        // What has lost the header has lost pages as well.
                        LOG.warnf("The cluster has lost the zone %s: all of it is written anew", zone.name());
                        versions.forget();
                        completeTick = 0;
                    }
                    return write(found, begunNanos);
                })
                .onFailure()
                .invoke(failure -> times.failed());
    }

    private void requireOwned(byte[] header) {
        Optional<RoundHeader> there = RoundHeader.decode(header);
        if (there.isPresent() && there.get().owner() > zone.epoch()) {
            stopped = true;
            zone.giveUp();
            throw new LateOwnerException(zone.name(), zone.epoch(), there.get().owner());
        }
    }

    private Uni<Void> write(Optional<StateCache.Found> before, long begunNanos) {
        long wholeAfterNanos = config.lifespan().toNanos() / 2;
        boolean whole = completeTick == 0 || System.nanoTime() - writtenWholeNanos > wholeAfterNanos;
        int since = whole ? 0 : completeTick;
        // Of a round that ended in the middle, whyever.
        versions.fail(false);
        return Uni.createFrom()
                .completionStage(() -> zone.ask(in -> {
                    in.capture(capture, since);
                    return true;
                }))
                .emitOn(thread)
                .chain(captured -> pages())
                .chain(() -> header(before))
                .invoke(() -> complete(whole, begunNanos));
    }

    private Uni<Void> pages() {
        List<RoundHeader.Page> pages = IntStream.range(0, capture.pages())
                .mapToObj(i -> versions.write(
                        capture.page(i),
                        capture.length(i),
                        RoundHeader.checksum(capture.bytes(), capture.offset(i), capture.length(i))))
                .toList();
        return Multi.createFrom()
                .range(0, pages.size())
                .onItem()
                .transformToUni(i -> page(i, pages.get(i)))
                .merge(config.inFlight())
                .collect()
                .asList()
                .chain(failures -> failures.stream()
                        .flatMap(Optional::stream)
                        .findFirst()
                        .map(failure -> {
                            versions.fail(true);
                            return Uni.createFrom().<Void>failure(failure);
                        })
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    /** Answers why it was not written. All are waited for: a page that is still on its way belongs to no later round. */
    private Uni<Optional<Throwable>> page(int index, RoundHeader.Page version) {
        if (stopped) {
            return Uni.createFrom().item(Optional.of(new StoppedException()));
        }
        int offset = capture.offset(index);
        byte[] bytes = Arrays.copyOfRange(capture.bytes(), offset, offset + capture.length(index));
        return cache.put(PageKeys.page(zone.name(), zone.epoch(), version.number(), version.version()), bytes)
                .emitOn(thread)
                .map(written -> Optional.<Throwable>empty())
                .onFailure()
                .recoverWithItem(failure -> {
                    if (mayHaveBeenSent(failure)) {
                        versions.burn(version);
                    }
                    return Optional.of(failure);
                })
                .invoke(failure -> {
                    if (failure.isEmpty()) {
                        times.wrotePage(version.length());
                    }
                });
    }

    /** A cluster that is left alone for now was sent nothing. */
    private static boolean mayHaveBeenSent(Throwable failure) {
        return !(failure instanceof CacheUnavailableException) || failure.getCause() != null;
    }

    private Uni<Void> header(Optional<StateCache.Found> before) {
        if (stopped) {
            versions.fail(true);
            return Uni.createFrom().failure(new StoppedException());
        }
        byte[] sessions = Arrays.copyOfRange(
                capture.bytes(), capture.sessionsOffset(), capture.sessionsOffset() + capture.sessionsLength());
        byte[] header = RoundHeader.of(zone.epoch(), capture.tick(), zone.ticksPerSecond(), versions.all(), sessions)
                .encode();
        String key = PageKeys.header(zone.name());
        return before.map(found -> cache.replaceIf(key, header, found.version()))
                .orElseGet(() -> cache.putIfAbsent(key, header))
                .emitOn(thread)
                .onFailure()
                .invoke(failure -> versions.fail(!mayHaveBeenSent(failure)))
                .chain(replaced -> {
                    if (!replaced) {
                        // By whom, the next round finds out.
                        versions.fail(true);
                        return Uni.createFrom().failure(new HeaderChangedException());
                    }
                    return Uni.createFrom().voidItem();
                });
    }

    private void complete(boolean whole, long begunNanos) {
        versions.complete();
        completeTick = capture.tick();
        if (whole) {
            writtenWholeNanos = begunNanos;
        }
        times.completed(begunNanos, System.nanoTime());
        if (cache.owners() > 1) {
            int tick = completeTick;
            var unused = zone.ask(in -> {
                in.replicatedTo(tick);
                return true;
            });
        }
        for (PageVersions.Version version : versions.takeBurnt()) {
            forget(zone.epoch(), version.page(), version.version());
        }
        RoundHeader old = loaded;
        loaded = null;
        if (old != null && old.epoch() != zone.epoch()) {
            for (int i = 0; i < old.pages(); i++) {
                RoundHeader.Page page = old.page(i);
                // Its spare as well, which mostly is the other one of two.
                forget(old.epoch(), page.number(), page.version());
                forget(old.epoch(), page.number(), page.version() ^ 1);
            }
        }
    }

    /** Nobody waits for it, and what stays goes with its lifespan. */
    private void forget(long epoch, int page, int version) {
        Cancellable unused = cache.remove(PageKeys.page(zone.name(), epoch, page, version))
                .subscribe()
                .with(removed -> {}, failure -> LOG.debugf("%s: %s", zone.name(), failure.getMessage()));
    }

    /** The zone is given up while a round is on its way. */
    private static final class StoppedException extends IllegalStateException {
        StoppedException() {
            super("the zone is given up");
        }
    }

    /** Somebody replaced the header, or an earlier attempt to did so late. */
    private static final class HeaderChangedException extends IllegalStateException {
        HeaderChangedException() {
            super("the header was replaced meanwhile");
        }
    }
}
