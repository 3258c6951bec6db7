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
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.IntentFilter;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.LedgerUnavailableException;
import org.vsekai.nebula.kit.ledger.NodeLease;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.paging.PageRequest;

/**
 * Settles the writes that nobody works on any more: those of writers whose lease is gone, under the claim
 * {@value LedgerIntent#RECOVERY}, and what calls of this process left behind, with the intent's own token.
 *
 * <p>It looks at what the nearest member of the ledger knows, however old: that a lease is gone, or an intent settled, is
 * final, and settling again what is settled does nothing.
 *
 * <p>The claim is held for a round only, as nobody else recovers meanwhile. Where it is not known whether it was given back, or
 * whether it was given at all, the next round begins with claiming it and giving it back: whatever was held is replaced by that.
 */
@ApplicationScoped
class IntentRecovery {
    private static final Logger LOG = Logger.getLogger(IntentRecovery.class);

    /** How long after it was sent a command that was not answered may still be carried out; later the ledger refuses it. */
    private static final Duration STRAY = Duration.ofSeconds(60);

    private final List<IntentResolver> resolvers;
    private final Intents intents;
    private final LedgerClient ledger;
    private final NodeLease lease;
    private final IntentConfig config;
    private final LongSupplier nanos;
    private @Nullable Cancellable timer;

    /** Until when the claim, by {@link #nanos}, may come to be held without a round that needs it. Rounds follow one another. */
    private volatile @Nullable Long strayUntil;

    @Inject
    IntentRecovery(
            @All List<IntentResolver> resolvers,
            Intents intents,
            LedgerClient ledger,
            NodeLease lease,
            IntentConfig config) {
        this(resolvers, intents, ledger, lease, config, System::nanoTime);
    }

    IntentRecovery(
            List<IntentResolver> resolvers,
            Intents intents,
            LedgerClient ledger,
            NodeLease lease,
            IntentConfig config,
            LongSupplier nanos) {
        if (config.recoveryBatch() < 1 || config.recoveryBatch() > 1000) {
            throw new IllegalArgumentException(
                    "nebula.intents.recovery-batch must be 1 to 1000, not " + config.recoveryBatch());
        }
        this.resolvers = resolvers;
        this.intents = intents;
        this.ledger = ledger;
        this.lease = lease;
        this.config = config;
        this.nanos = nanos;
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

    /** One round; never fails. */
    Uni<Void> recoverAll() {
        return giveBackWhatIsLeft()
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.warnf(
                            "It is not known whether this process holds the claim %s; the next try is in %s: %s",
                            LedgerIntent.RECOVERY, config.recoveryInterval(), failure.getMessage());
                    return null;
                })
                .chain(() -> Multi.createFrom()
                        .iterable(resolvers)
                        .onItem()
                        .transformToUniAndConcatenate(this::tryToRecover)
                        .collect()
                        .asList()
                        .replaceWithVoid());
    }

    private Uni<Boolean> tryToRecover(IntentResolver resolver) {
        return Uni.createFrom().deferred(() -> recover(resolver)).onFailure().recoverWithItem(failure -> {
            LOG.warnf(
                    "Intents of kind %s could not be recovered; the next try is in %s: %s",
                    resolver.kind(), config.recoveryInterval(), failure.getMessage());
            return false;
        });
    }

    /** Gives back a claim that an earlier round may have left held. */
    private Uni<Void> giveBackWhatIsLeft() {
        Long until = strayUntil;
        if (until == null) {
            return Uni.createFrom().voidItem();
        }
        boolean isLast = nanos.getAsLong() - until >= 0;
        return claim().chain(claimed -> claimed.map(token -> lease.release(LedgerIntent.RECOVERY, token))
                        .orElseGet(() -> Uni.createFrom().item(false)))
                .invoke(() -> {
                    if (isLast && until.equals(strayUntil)) {
                        strayUntil = null;
                    }
                })
                .replaceWithVoid();
    }

    /** The claim's token; empty if another process has it, which recovers, or gives it back in a moment. */
    private Uni<Optional<Long>> claim() {
        return lease.claim(LedgerIntent.RECOVERY)
                .map(answer -> switch (answer) {
                    case ClaimAnswer.Claimed claimed -> Optional.of(claimed.token());
                    case ClaimAnswer.Held held -> Optional.<Long>empty();
                    case ClaimAnswer.LeaseLost lost -> Optional.<Long>empty();
                })
                .onFailure(failure -> !(failure instanceof LedgerUnavailableException))
                .invoke(() -> strayUntil = nanos.getAsLong() + STRAY.toNanos());
    }

    /** Never fails. */
    private Uni<Void> release(long token) {
        return lease.release(LedgerIntent.RECOVERY, token)
                .replaceWithVoid()
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.warnf(
                            "The claim %s is not known to be given back; the next try is in %s: %s",
                            LedgerIntent.RECOVERY, config.recoveryInterval(), failure.getMessage());
                    if (strayUntil == null) {
                        strayUntil = nanos.getAsLong();
                    }
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
        return claim().chain(claimed -> claimed.map(
                        token -> settleAll(orphans, claimed, resolver).eventually(() -> release(token)))
                .orElseGet(() -> Uni.createFrom().item(false)));
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
