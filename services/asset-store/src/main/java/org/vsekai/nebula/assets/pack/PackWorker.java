package org.vsekai.nebula.assets.pack;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.casync.pack.PackMaker;
import org.vsekai.nebula.casync.pack.PackOptions;

/**
 * Makes packs: one at a time, on a thread of its own that yields to all others. While it makes one, another thread says so
 * in the queue; if it learns that the pack is no longer wanted, it ends the work. Any number of replicas may run one.
 */
@ApplicationScoped
class PackWorker {
    private static final Logger LOG = Logger.getLogger(PackWorker.class);
    private static final int STOP_SECONDS = 30;

    private final Packs packs;
    private final PackFiles files;
    private final Indexes indexes;
    private final StoreFolder store;
    private final PackConfig config;
    private final Clock clock;
    private final UUID id = UUID.randomUUID();
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile boolean isStopped;
    private @Nullable Thread thread;

    PackWorker(Packs packs, PackFiles files, Indexes indexes, StoreFolder store, PackConfig config, Clock clock) {
        if (config.maxAttempts() < 1
                || !config.lease().isPositive()
                || !config.pollInterval().isPositive()) {
            throw new IllegalArgumentException(
                    "nebula.packs.max-attempts, lease and poll-interval must be positive, not %d, %s and %s"
                            .formatted(config.maxAttempts(), config.lease(), config.pollInterval()));
        }
        this.packs = packs;
        this.files = files;
        this.indexes = indexes;
        this.store = store;
        this.config = config;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        if (config.make()) {
            Thread worker = new Thread(this::work, "packs");
            worker.setDaemon(true);
            worker.setPriority(Thread.MIN_PRIORITY);
            worker.start();
            thread = worker;
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        isStopped = true;
        Thread worker = thread;
        if (worker != null) {
            worker.interrupt();
            worker.join(Duration.ofSeconds(STOP_SECONDS));
        }
    }

    void wake(@Observes Packs.Wanted wanted) {
        wakeUps.release();
    }

    private void work() {
        Instant nextSweep = clock.instant();
        while (!isStopped) {
            try {
                if (!clock.instant().isBefore(nextSweep)) {
                    sweep();
                    nextSweep = clock.instant().plus(config.sweepInterval());
                }
                Optional<Packs.Job> job = packs.claim(id);
                if (job.isPresent()) {
                    make(job.get());
                } else if (wakeUps.tryAcquire(config.pollInterval().toMillis(), TimeUnit.MILLISECONDS)) {
                    wakeUps.drainPermits();
                }
            } catch (InterruptedException e) {
                LOG.debug("A pack that was just finished is no longer wanted"); // or it is time to stop
            } catch (RuntimeException e) {
                if (!isStopped) {
                    LOG.warnf("Packs are not made for now; the next look is in %s: %s", config.pollInterval(), e);
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            boolean unused = wakeUps.tryAcquire(config.pollInterval().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            isStopped = true;
        }
    }

    void sweep() {
        long removed = packs.removeUnpinned();
        int deleted = files.deleteAllBut(packs.fileNames(), clock.instant().minus(config.fileGrace()));
        if (removed + deleted > 0) {
            LOG.infof("%d packs of indexes without a pin forgotten, %d files deleted", removed, deleted);
        }
    }

    private void make(Packs.Job job) {
        Thread maker = Thread.currentThread();
        try (ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("packs-lease").factory())) {
            long third = Math.max(1, config.lease().toMillis() / 3);
            var unused = renewals.scheduleWithFixedDelay(() -> renew(job, maker), third, third, TimeUnit.MILLISECONDS);
            try {
                Optional<PackListing.Entry> there = packs.findMade(job);
                PackListing.Entry made = there.isPresent() ? there.get() : makeNow(job);
                if (packs.finish(job, id, made)) {
                    LOG.infof("Made %s: %d bytes", job, made.packBytes());
                }
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                if (Thread.interrupted()) {
                    boolean given = packs.release(job, id);
                    LOG.infof("Stopped making %s%s", job, given ? "" : ", which is no longer wanted here");
                } else {
                    LOG.warnf("Cannot make %s, attempt %d of %d: %s", job, job.attempt(), config.maxAttempts(), e);
                    boolean unusedToo = packs.fail(job, id, String.valueOf(e.getMessage()));
                }
            } finally {
                renewals.shutdownNow();
            }
        }
    }

    private PackListing.Entry makeNow(Packs.Job job) throws IOException {
        PackMaker maker = new PackMaker(store.chunks());
        var index = indexes.read(job.index());
        PackMaker.Made made = files.put(folder -> job.base().isPresent()
                ? maker.delta(index, indexes.read(job.base().get()), PackOptions.DELTA, folder)
                : maker.install(index, PackOptions.INSTALL, folder));
        return PackListing.Entry.of(job.base().map(Object::toString), made);
    }

    private void renew(Packs.Job job, Thread maker) {
        try {
            if (!packs.renew(job, id)) {
                maker.interrupt();
            }
        } catch (RuntimeException e) {
            LOG.warnf("Could not tell the queue that %s is being made: %s", job, e);
        }
    }
}
