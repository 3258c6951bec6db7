package org.vsekai.nebula.kit.intent;

import io.quarkus.arc.All;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.IntentFilter;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.NodeLease;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.paging.PageRequest;

/**
 * Settles the writes that nobody works on any more: those of writers whose lease is gone, under the claim
 * {@value LedgerIntent#RECOVERY}, and what calls of this process left behind, with the intent's own token.
 *
 * <p>It looks at what the nearest member of the ledger knows, however old: that a lease is gone, or an intent settled, is
 * final, and settling again what is settled does nothing.
 */
@ApplicationScoped
class IntentRecovery {
    private static final Logger LOG = Logger.getLogger(IntentRecovery.class);

    private final List<IntentResolver> resolvers;
    private final Intents intents;
    private final LedgerClient ledger;
    private final NodeLease lease;
    private final IntentConfig config;
    private @Nullable Cancellable timer;

    IntentRecovery(
            @All List<IntentResolver> resolvers,
            Intents intents,
            LedgerClient ledger,
            NodeLease lease,
            IntentConfig config) {
        if (config.recoveryBatch() < 1 || config.recoveryBatch() > 1000) {
            throw new IllegalArgumentException(
                    "nebula.intents.recovery-batch must be 1 to 1000, not " + config.recoveryBatch());
        }
        this.resolvers = resolvers;
        this.intents = intents;
        this.ledger = ledger;
        this.lease = lease;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        if (resolvers.isEmpty()) {
            return;
        }
        if (!ledger.isConfigured()) {
            if (LaunchMode.current() == LaunchMode.NORMAL) {
                throw new IllegalStateException(
                        "nebula.ledger.endpoints (NEBULA_LEDGER_ENDPOINTS) must name the members"
                                + " of the ledger: without it nothing can be published, deleted or collected");
            }
            return;
        }
        Optional<Long> begun = lease.findToken();
        LOG.debugf("The lease begins to be held; so far %s", begun);
        timer = Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(config.recoveryInterval())
                .chain(this::recoverAll)
                .repeat()
                .indefinitely()
                .subscribe()
                .with(ignored -> {}, failure -> LOG.error("Intents are no longer recovered", failure));
    }

    void stop(@Observes ShutdownEvent event) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private Uni<Void> recoverAll() {
        return Multi.createFrom()
                .iterable(resolvers)
                .onItem()
                .transformToUniAndConcatenate(this::recover)
                .collect()
                .asList()
                .replaceWithVoid()
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.warnf(
                            "Intents could not be recovered; the next try is in %s: %s",
                            config.recoveryInterval(), failure.getMessage());
                    return null;
                });
    }

    private Uni<Boolean> recover(IntentResolver resolver) {
        PageRequest batch = new PageRequest(config.recoveryBatch(), Optional.empty());
        IntentFilter pending =
                new IntentFilter(Optional.of(LedgerIntent.State.PENDING), Optional.of(resolver.kind()), false);
        IntentFilter orphaned =
                new IntentFilter(Optional.of(LedgerIntent.State.PENDING), Optional.of(resolver.kind()), true);
        return ledger.intents(pending, batch, ReadConsistency.STALE)
                .flatMap(page -> page.items().isEmpty()
                        ? Uni.createFrom().item(false)
                        : settleOwn(page.items(), resolver)
                                .chain(() -> ledger.intents(orphaned, batch, ReadConsistency.STALE))
                                .flatMap(orphans -> settleOrphans(orphans.items(), resolver)));
    }

    /** What a call of this process began and could not settle. */
    private Uni<Boolean> settleOwn(List<LedgerIntent> pending, IntentResolver resolver) {
        List<LedgerIntent> left = new ArrayList<>(pending);
        left.removeIf(
                intent -> intent.orphaned() || !intent.lease().equals(lease.name()) || intents.isUnderWay(intent.id()));
        return settleAll(left, Optional.empty(), resolver);
    }

    private Uni<Boolean> settleOrphans(List<LedgerIntent> orphans, IntentResolver resolver) {
        if (orphans.isEmpty()) {
            return Uni.createFrom().item(false);
        }
        return lease.claim(LedgerIntent.RECOVERY).flatMap(answer -> switch (answer) {
            case ClaimAnswer.Claimed claimed ->
                settleAll(orphans, Optional.of(claimed.token()), resolver)
                        .eventually(() -> lease.release(LedgerIntent.RECOVERY, claimed.token()));
            // Whoever has it recovers, or gives it back in a moment.
            case ClaimAnswer.Held held -> Uni.createFrom().item(false);
            case ClaimAnswer.LeaseLost lost -> Uni.createFrom().item(false);
        });
    }

    /** One after the other; one that fails stays pending and does not stop the others. */
    private Uni<Boolean> settleAll(List<LedgerIntent> left, Optional<Long> claim, IntentResolver resolver) {
        return Multi.createFrom()
                .iterable(left)
                .onItem()
                .transformToUniAndConcatenate(intent -> settle(intent, claim, resolver))
                .collect()
                .asList()
                .replaceWith(true);
    }

    private Uni<Boolean> settle(LedgerIntent found, Optional<Long> claim, IntentResolver resolver) {
        WriteIntent intent = new WriteIntent(found.id(), found.kind(), found.token(), found.covers());
        return intents.settle(intent, claim.orElse(found.token()), resolver)
                .invoke(verdict -> LOG.infof(
                        "Recovered the %s %s of %s: %s", found.kind(), found.id(), found.writer(), text(verdict)))
                .replaceWith(true)
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.warnf(
                            "The %s %s of %s could not be recovered; the next try is in %s: %s",
                            found.kind(), found.id(), found.writer(), config.recoveryInterval(), failure);
                    return false;
                });
    }

    private static String text(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Committed committed -> "committed";
            case Verdict.Aborted aborted -> "aborted, " + aborted.reason();
        };
    }
}
