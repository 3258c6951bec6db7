package org.vsekai.nebula.sync.database;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneGoneException;
import org.vsekai.nebula.zones.DurableRows;
import org.vsekai.nebula.zones.DurableWalk;
import org.vsekai.nebula.zones.Zone;

/**
 * Writes what changes of a running zone's persistent entities, flush after flush.
 *
 * <p>A flush is one walk over the zone: batch by batch is asked for, and each only once the one before was committed, so what the database
 * does not take stays where it is, in the zone, and its newest state is what is written at last. A flush that fails is forgotten: the
 * next one begins where the last complete one did, and writes again what is there already, to no effect. Thread-safe.
 */
final class ZoneFlusher {
    private static final Logger LOG = Logger.getLogger(ZoneFlusher.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration BETWEEN_REMOVALS = Duration.ofHours(1);

    private final RunningZone zone;
    private final EntityRows table;
    private final DatabaseConfig config;
    private final Flushes flushes;
    private final DurableRows captured;

    /** Those below are of one flush, and the next one comes after it. */
    private volatile int since;

    private volatile int failuresInARow;
    private volatile long removeAtNanos = System.nanoTime();

    /** Those below are guarded by this object. */
    private boolean ended;

    private @Nullable ScheduledFuture<?> next;
    private CompletableFuture<@Nullable Void> running = CompletableFuture.completedFuture(null);

    /** @param rows of one transaction, at most */
    ZoneFlusher(RunningZone zone, EntityRows table, DatabaseConfig config, Flushes flushes, int rows) {
        this.zone = zone;
        this.table = table;
        this.config = config;
        this.flushes = flushes;
        this.captured = new DurableRows(rows);
    }

    void start() {
        schedule(config.interval());
    }

    private synchronized void schedule(Duration delay) {
        if (!ended) {
            next = Infrastructure.getDefaultWorkerPool().schedule(this::begin, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void begin() {
        if (!ended) {
            long begunNanos = System.nanoTime();
            CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
            running = done;
            var unused = flush().chain(this::removeDeleted)
                    .subscribe()
                    .with(
                            nothing -> {
                                done.complete(null);
                                succeeded(begunNanos);
                            },
                            failure -> {
                                done.complete(null);
                                failed(failure);
                            });
        }
    }

    private void succeeded(long begunNanos) {
        if (failuresInARow > 0) {
            LOG.infof("The zone %s is written to the database again", zone.name());
        }
        failuresInARow = 0;
        Duration left = config.interval().minusNanos(System.nanoTime() - begunNanos);
        schedule(left.isNegative() ? Duration.ZERO : left);
    }

    private void failed(Throwable failure) {
        if (endedBy(failure)) {
            return;
        }
        int failures = failuresInARow + 1;
        failuresInARow = failures;
        // The first one is news, and the last: those between would only be many.
        LOG.logf(
                failures == 1 ? Logger.Level.WARN : Logger.Level.DEBUG,
                "The zone %s cannot be written to the database, and is tried again: %s",
                zone.name(),
                failure);
        long longest = config.longestPause().toMillis();
        schedule(Duration.ofMillis(Math.min(longest, FIRST_PAUSE.toMillis() << Math.min(failures - 1, 20))));
    }

    private boolean endedBy(Throwable failure) {
        if (failure instanceof FencedOutException) {
            LOG.errorf("The zone %s, epoch %d, has a later owner and ends here", zone.name(), zone.epoch());
            stop();
            zone.giveUp();
            return true;
        }
        return failure instanceof ZoneGoneException;
    }

    /** One walk, to its end. */
    private Uni<Void> flush() {
        return Uni.createFrom().deferred(() -> {
            long begunNanos = System.nanoTime();
            DurableWalk walk = new DurableWalk(since);
            return Multi.createBy()
                    .repeating()
                    .uni(() -> capture(walk))
                    .whilst(batch -> !batch.last())
                    .filter(batch -> batch.size() > 0)
                    .onItem()
                    .transformToUniAndConcatenate(this::write)
                    .onItem()
                    .ignoreAsUni()
                    .chain(() -> ask(state -> {
                        state.savedTo(walk.started());
                        return walk.started();
                    }))
                    .invoke(started -> {
                        since = started;
                        flushes.completed(begunNanos, System.nanoTime());
                    })
                    .replaceWithVoid()
                    .onFailure()
                    .invoke(failure -> flushes.failed());
        });
    }

    private Uni<Batch> capture(DurableWalk walk) {
        return ask(state -> {
                    captured.clear();
                    return state.captureRows(captured, walk);
                })
                .map(last -> Batch.of(captured, last));
    }

    private Uni<Integer> write(Batch batch) {
        return table.write(zone.name(), zone.epoch(), batch)
                .ifNoItem()
                .after(config.patience())
                .fail()
                .invoke(flushes::wrote);
    }

    /** The answer comes on another thread than the zone's, which has other things to do. */
    private <T> Uni<T> ask(Function<Zone, T> question) {
        return Uni.createFrom()
                .completionStage(() -> zone.ask(question))
                .emitOn(Infrastructure.getDefaultExecutor())
                // A stage wraps its failure.
                .onFailure(CompletionException.class)
                .transform(failure -> failure.getCause() == null ? failure : failure.getCause());
    }

    private Uni<Void> removeDeleted() {
        if (System.nanoTime() - removeAtNanos < 0) {
            return Uni.createFrom().voidItem();
        }
        return Multi.createBy()
                .repeating()
                .uni(() -> table.removeDeleted(zone.name(), zone.epoch(), config.keepDeleted(), config.rows())
                        .ifNoItem()
                        .after(config.patience())
                        .fail())
                .whilst(removed -> removed == config.rows())
                .onItem()
                .ignoreAsUni()
                .invoke(() -> removeAtNanos = System.nanoTime() + BETWEEN_REMOVALS.toNanos())
                .replaceWithVoid();
    }

    /** A last flush, begun after this call; tried again until it is done or {@link #stop} was called. */
    Uni<Void> finish() {
        CompletableFuture<@Nullable Void> before;
        synchronized (this) {
            ended = true;
            cancel();
            before = running;
        }
        return Uni.createFrom()
                .completionStage(before)
                .chain(this::flush)
                .onFailure(failure -> !(failure instanceof FencedOutException || failure instanceof ZoneGoneException))
                .retry()
                .withBackOff(FIRST_PAUSE, config.longestPause())
                .indefinitely();
    }

    /** Begins nothing more. */
    synchronized void stop() {
        ended = true;
        cancel();
    }

    private void cancel() {
        if (next != null) {
            next.cancel(false);
        }
    }
}
