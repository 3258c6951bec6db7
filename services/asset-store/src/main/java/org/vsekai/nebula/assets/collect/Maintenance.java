package org.vsekai.nebula.assets.collect;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jboss.logging.Logger;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.kit.ledger.LedgerUnavailableException;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.DatabaseUnavailableException;
import org.vsekai.nebula.kit.transaction.OutcomeUnknownException;
import org.vsekai.nebula.stores.url.StoreUrls;

/**
 * Starts runs and carries them on: at once those that are asked for here, and from time to time those that an instance
 * which is no more has left. Thread-safe.
 */
@ApplicationScoped
class Maintenance {
    private static final Logger LOG = Logger.getLogger(Maintenance.class);
    private static final int MAX_LOCATION_CHARACTERS = 2000;

    /** Among those that hear of the end: before everything that a run needs. */
    private static final int EARLY = 1000;

    /** For a run's end, which has to wait for no more than one deletion, or the reading of one chunk. */
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final Runs runs;
    private final Turns turns;
    private final Collector collector;
    private final StoreVerification verification;
    private final CollectConfig config;
    private final Clock clock;
    private final WokenWork work;
    private volatile boolean stopping;

    Maintenance(
            Runs runs,
            Turns turns,
            Collector collector,
            StoreVerification verification,
            CollectConfig config,
            Clock clock,
            @VirtualThreads ExecutorService threads) {
        this.runs = runs;
        this.turns = turns;
        this.collector = collector;
        this.verification = verification;
        this.config = config;
        this.clock = clock;
        this.work = new WokenWork(threads, this::carryOn);
    }

    void start(@Observes StartupEvent event, Vertx vertx) {
        vertx.setPeriodic(config.wakeInterval().toMillis(), timer -> work.wake());
    }

    /** Before the store is closed and the lease given back: another instance may take the turn at once, and nobody may delete then. */
    void stop(@Observes @Priority(EARLY) ShutdownEvent event) {
        stopping = true;
        collector.stop();
        if (!work.stop(FAREWELL)) {
            LOG.warnf("Maintenance of the store has not ended within %s", FAREWELL);
        }
    }

    /**
     * Starts a collection.
     *
     * @param grace instead of the configured one; not negative
     * @throws ProblemException INVALID_GRACE; fails with MAINTENANCE_RUNNING
     */
    Uni<Run> collect(boolean delete, Optional<Duration> grace) {
        Duration time = grace.orElse(config.grace());
        if (time.isNegative() || time.toDays() > 36_500) {
            throw ProblemException.invalid("INVALID_GRACE", "The grace time must lie between nothing and 100 years.");
        }
        return runs.start(Run.Kind.COLLECTION, delete, time, null).invoke(run -> work.wake());
    }

    /**
     * Starts a verification.
     *
     * @param repairFrom location of a store to heal this one from
     * @throws ProblemException INVALID_STORE; fails with MAINTENANCE_RUNNING
     */
    Uni<Run> verify(Optional<String> repairFrom) {
        repairFrom.ifPresent(Maintenance::checkLocation);
        return runs.start(Run.Kind.VERIFICATION, false, Duration.ZERO, repairFrom.orElse(null))
                .invoke(run -> work.wake());
    }

    private static void checkLocation(String location) {
        try {
            if (location.length() > MAX_LOCATION_CHARACTERS) {
                throw new IllegalArgumentException("a location has at most " + MAX_LOCATION_CHARACTERS + " characters");
            }
            open(location).close();
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ProblemKind.INVALID, "INVALID_STORE", String.valueOf(e.getMessage()), e);
        }
    }

    /** A store to heal from. What it needs to be let in comes from this service's environment, as for its own. */
    static ReadableStore open(String location) {
        return new StoreUrls(HttpStoreOptions.DEFAULT, System.getenv()).openReadable(location);
    }

    private void carryOn() {
        try {
            startDueCollection();
            runs.findRunning().ifPresent(run -> turns.take(run).ifPresent(turn -> carryOn(run, turn)));
        } catch (RuntimeException e) {
            LOG.warnf("Maintenance of the store will be tried again in %s: %s", config.wakeInterval(), e);
        }
    }

    private void startDueCollection() {
        if (config.interval().isPresent()
                && runs.findLastCollection()
                        .map(last -> !last.plus(config.interval().get()).isAfter(clock.instant()))
                        .orElse(true)) {
            try {
                Run run = runs.start(Run.Kind.COLLECTION, true, config.grace(), null)
                        .await()
                        .atMost(Duration.ofSeconds(60));
                LOG.infof("Collection %s is due", run.id());
            } catch (ProblemException e) {
                LOG.infof("A collection is due but cannot begin: %s", e.getMessage());
            }
        }
    }

    private void carryOn(Run run, Turn turn) {
        LOG.infof("%s %s begins", run.kind(), run.id());
        Progress progress = new Progress(runs, run, turn, config);
        try {
            switch (run.kind()) {
                case COLLECTION -> collector.run(progress);
                case VERIFICATION -> verification.run(progress);
            }
            progress.enter("done");
            runs.end(progress, Run.State.COMPLETED);
            LOG.infof("%s %s is complete", run.kind(), run.id());
        } catch (RunEndedException e) {
            LOG.infof("%s %s ends here: %s", run.kind(), run.id(), e.getMessage());
        } catch (DatabaseUnavailableException | OutcomeUnknownException | LedgerUnavailableException e) {
            LOG.warnf("%s %s will be carried on when what it needs is back: %s", run.kind(), run.id(), e.getMessage());
        } catch (Throwable e) {
            if (stopping) {
                LOG.infof("%s %s ends here, as the service stops: %s", run.kind(), run.id(), e);
            } else {
                // An Error, too: left as it is, the run would be taken up and fail again, for ever.
                LOG.errorf(e, "%s %s failed", run.kind(), run.id());
                progress.report("failed: " + e);
                runs.end(progress, Run.State.FAILED);
            }
        } finally {
            // One that stops leaves both to the end of its lease, which is given back when nothing is deleted any more.
            if (!stopping) {
                turns.giveBack(turn);
            }
        }
    }
}
