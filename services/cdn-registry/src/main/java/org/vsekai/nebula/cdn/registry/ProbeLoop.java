package org.vsekai.nebula.cdn.registry;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.probe.ProbeConfig;
import org.vsekai.nebula.cdn.probe.ProbeOutcome;
import org.vsekai.nebula.cdn.probe.Prober;
import org.vsekai.nebula.kit.problem.ProblemException;

/**
 * Registers the seed, and reads all CDNs once per poll, hands them to {@link KnownCdns} and has those probed whose
 * time has come.
 *
 * <p>It runs on virtual threads, so that it may wait, and never on an event loop. Instances share the work through the
 * database: whoever moves a CDN's {@code next_probe_at} on does the probe, and if it dies, the next one is only an
 * interval away. While the database is away the loop tries again each poll.
 */
@ApplicationScoped
class ProbeLoop {
    private static final Logger LOG = Logger.getLogger(ProbeLoop.class);
    /** Longer than every transaction's retries; only a lost answer takes as long. */
    private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(30);

    private final Cdns cdns;
    private final KnownCdns known;
    private final Prober prober;
    private final ProbeConfig config;
    private final Clock clock;
    private final List<CdnEntry> seed;
    private final Semaphore free;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("probe-", 0).factory());
    private final Attempts seeding = new Attempts("Registering the CDNs of NEBULA_CDN_SEED");
    private final Attempts reading = new Attempts("Reading the CDNs");

    ProbeLoop(
            Cdns cdns, KnownCdns known, Prober prober, ProbeConfig config, RegistryConfig registryConfig, Clock clock) {
        if (config.deadline().compareTo(config.interval()) >= 0) {
            throw new IllegalArgumentException("nebula.cdn.probe.deadline (" + config.deadline()
                    + ") must be shorter than nebula.cdn.probe.interval (" + config.interval() + ")");
        }
        if (config.concurrency() < 1
                || !config.poll().isPositive()
                || !config.retryPause().isPositive()) {
            throw new IllegalArgumentException(
                    "nebula.cdn.probe.concurrency, poll and retry-pause must be positive, not " + config.concurrency()
                            + ", " + config.poll() + " and " + config.retryPause());
        }
        this.cdns = cdns;
        this.known = known;
        this.prober = prober;
        this.config = config;
        this.clock = clock;
        this.seed = CdnSeed.parse(registryConfig.seed().orElse(List.of()));
        this.free = new Semaphore(config.concurrency());
    }

    void start(@Observes StartupEvent event) {
        threads.execute(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped.countDown();
        threads.shutdownNow();
    }

    private void run() {
        try {
            boolean seeded = seed.isEmpty();
            do {
                seeded = seeded || seeding.holds(() -> await(cdns.seed(seed)));
                reading.holds(this::poll);
            } while (!stopped.await(config.poll().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            // Only stop() interrupts: the loop is over.
            Thread.currentThread().interrupt();
        }
    }

    private void poll() {
        List<Cdn> all = await(cdns.listAll());
        known.replace(all);
        Instant now = clock.instant();
        for (Cdn cdn : all) {
            if (cdn.isDue(now) && free.tryAcquire()) {
                threads.execute(() -> probe(cdn, now.plus(jitteredInterval())));
            }
        }
    }

    private void probe(Cdn cdn, Instant next) {
        try {
            if (!await(cdns.claimProbe(cdn, next))) {
                return;
            }
            ProbeOutcome outcome = prober.probe(cdn.uri());
            await(cdns.recordProbe(cdn, outcome, config.retryPause()));
            logEdge(cdn, outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warnf(
                    e,
                    "The probe of CDN %s came to nothing; the next one is at %s",
                    cdn.entry().uid(),
                    next);
        } finally {
            free.release();
        }
    }

    private static void logEdge(Cdn before, ProbeOutcome outcome) {
        boolean first = before.lastCheckedOn() == null;
        switch (outcome) {
            case ProbeOutcome.Intact(Duration latency) -> {
                if (first || !before.probes().healthy()) {
                    LOG.infof("CDN %s works (%d ms)", before.entry().uid(), latency.toMillis());
                }
            }
            case ProbeOutcome.Failed(String reason) -> {
                if (first || before.probes().healthy()) {
                    LOG.warnf("CDN %s does not work: %s", before.entry().uid(), reason);
                }
            }
        }
    }

    /** The interval, 10 % more or less: CDNs that were registered together must not be probed together for ever. */
    private Duration jitteredInterval() {
        long millis = config.interval().toMillis();
        return Duration.ofMillis(
                millis - millis / 10 + ThreadLocalRandom.current().nextLong(millis / 5 + 1));
    }

    private static <T> T await(Uni<T> work) {
        return work.await().atMost(DATABASE_PATIENCE);
    }

    /** A step that is repeated until it works. Its failures are logged when they begin and end, not each time. */
    private final class Attempts {
        private final String what;
        private boolean failing;

        Attempts(String what) {
            this.what = what;
        }

        boolean holds(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                if (!failing && stopped.getCount() > 0) {
                    failing = true;
                    LOG.warnf(stackOf(e), "%s fails, trying again every %s: %s", what, config.poll(), e.getMessage());
                }
                return false;
            }
            if (failing) {
                failing = false;
                LOG.infof("%s works again", what);
            }
            return true;
        }
    }

    /** A foreseen failure says what is wrong by its message alone. */
    private static @Nullable Throwable stackOf(RuntimeException failure) {
        return failure instanceof ProblemException ? null : failure;
    }
}
