package org.vsekai.nebula.kit.intent;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.ledger.BeginAnswer;
import org.vsekai.nebula.kit.ledger.FinishAnswer;
import org.vsekai.nebula.kit.ledger.IntentFilter;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.NodeLease;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.OutcomeUnknownException;

/** Writes under intents. Thread-safe. */
@ApplicationScoped
public class Intents {
    private static final Logger LOG = Logger.getLogger(Intents.class);

    /** The ledger bounds how many intents are pending, and with them what a look at all of them takes. */
    private static final int COVERED_PAGE = 200;

    private final LedgerClient ledger;
    private final NodeLease lease;
    private final MeterRegistry metrics;
    private final IntentConfig config;

    /** Those that a call of this process is working on. */
    private final Set<UUID> underWay = ConcurrentHashMap.newKeySet();

    Intents(LedgerClient ledger, NodeLease lease, MeterRegistry metrics, IntentConfig config) {
        this.ledger = ledger;
        this.lease = lease;
        this.metrics = metrics;
        this.config = config;
    }

    /**
     * Announces a write, does it, and settles it, whether it succeeded or not. What cannot be settled now stays PENDING and
     * is left to recovery; above all a transaction of which it is not known whether it was committed.
     *
     * <p>Fails as the work does, or with {@link org.vsekai.nebula.kit.ledger.LedgerUnavailableException} and the like before
     * anything was done.
     *
     * @param covers what it touches, {@code what/which} each
     * @param work its transaction must begin with the intent's token and one of the resources it covers, see
     *     {@link org.vsekai.nebula.kit.fence.Fences}
     */
    public <T> Uni<T> write(IntentResolver resolver, UUID id, List<String> covers, Function<WriteIntent, Uni<T>> work) {
        return begin(resolver, id, covers)
                .flatMap(intent -> Uni.createFrom()
                        .deferred(() -> work.apply(intent))
                        .onItem()
                        .call(() -> settle(intent, resolver))
                        .onFailure(failure -> !(failure instanceof OutcomeUnknownException))
                        .call(() -> settle(intent, resolver)))
                .onTermination()
                .invoke(() -> underWay.remove(id));
    }

    /** For a write that is no {@link Uni}: announces it. {@link #settle} must follow, whatever becomes of it. */
    public Uni<WriteIntent> begin(IntentResolver resolver, UUID id, List<String> covers) {
        return Uni.createFrom().deferred(() -> {
            underWay.add(id);
            return announce(resolver.kind(), id, covers).onTermination().invoke((begun, failure, cancelled) -> {
                // Who is not told of it does not settle it: if it was begun all the same, recovery does.
                if (failure != null || cancelled) {
                    underWay.remove(id);
                }
            });
        });
    }

    /** Settles a write of this process, or leaves it to recovery; never fails. */
    public Uni<Void> settle(WriteIntent intent, IntentResolver resolver) {
        return settle(intent, intent.token(), resolver)
                .replaceWithVoid()
                .onFailure()
                .invoke(failure -> LOG.warnf(
                        "The %s %s is left to recovery, as it cannot be settled now: %s",
                        intent.kind(), intent.id(), failure))
                .onFailure()
                .recoverWithNull()
                .onTermination()
                .invoke(() -> underWay.remove(intent.id()));
    }

    /** What writes that are under way cover of a kind of thing, anywhere in the system, for example every {@code index}. */
    public Uni<Set<String>> covered(String what) {
        return covered(what + "/", Optional.empty(), new HashSet<>());
    }

    private Uni<Set<String>> covered(String prefix, Optional<String> after, Set<String> found) {
        return ledger.intents(IntentFilter.PENDING, new PageRequest(COVERED_PAGE, after), ReadConsistency.LINEARIZABLE)
                .flatMap(page -> {
                    for (LedgerIntent intent : page.items()) {
                        for (String cover : intent.covers()) {
                            if (cover.startsWith(prefix)) {
                                found.add(cover.substring(prefix.length()));
                            }
                        }
                    }
                    return page.next() == null
                            ? Uni.createFrom().item(found)
                            : covered(prefix, Optional.of(page.next()), found);
                });
    }

    private Uni<WriteIntent> announce(String kind, UUID id, List<String> covers) {
        return lease.token(config.leasePatience())
                .flatMap(leaseToken -> ledger.beginIntent(id, kind, lease.name(), lease.name(), leaseToken, covers))
                .map(answer -> switch (answer) {
                    case BeginAnswer.Begun begun -> new WriteIntent(id, kind, begun.token(), covers);
                    case BeginAnswer.LeaseLost lost ->
                        throw new ProblemException(
                                ProblemKind.UNAVAILABLE,
                                "LEDGER_LEASE_LOST",
                                "This service has just lost its lease of the ledger; nothing was changed. Try again.");
                    case BeginAnswer.Exists exists ->
                        throw new IllegalStateException("an intent " + id + " of another writer exists");
                });
    }

    boolean isUnderWay(UUID id) {
        return underWay.contains(id);
    }

    /** Finds out what became of a write and says so to the ledger. @param token which allows to */
    Uni<Verdict> settle(WriteIntent intent, long token, IntentResolver resolver) {
        return Uni.createFrom()
                .deferred(() -> resolver.resolve(intent))
                .call(verdict -> finish(intent, token, verdict))
                .ifNoItem()
                .after(config.settleDeadline())
                .fail();
    }

    private Uni<Void> finish(WriteIntent intent, long token, Verdict verdict) {
        return (switch (verdict) {
                    case Verdict.Committed committed -> ledger.commitIntent(intent.id(), token);
                    case Verdict.Aborted aborted -> ledger.abortIntent(intent.id(), token, aborted.reason());
                })
                .map(answer -> {
                    switch (answer) {
                        case FinishAnswer.Finished finished -> {
                            if (finished.changed()) {
                                count(intent, token, verdict);
                            }
                        }
                        case FinishAnswer.OtherOutcome other ->
                            LOG.infof(
                                    "The %s %s stands as %s in the ledger, and is now found %s",
                                    intent.kind(), intent.id(), other.state(), verdict);
                        // Finished and forgotten, which somebody else must have done.
                        case FinishAnswer.Unknown unknown -> LOG.debugf("The intent %s is forgotten", intent.id());
                        case FinishAnswer.LeaseLost lost -> throw notFinished(intent, answer);
                        case FinishAnswer.NotYours notYours -> throw notFinished(intent, answer);
                        case FinishAnswer.WriterAlive alive -> throw notFinished(intent, answer);
                        case FinishAnswer.ClaimTooOld tooOld -> throw notFinished(intent, answer);
                    }
                    return null;
                });
    }

    private void count(WriteIntent intent, long token, Verdict verdict) {
        metrics.counter(
                        "nebula.intents.settled",
                        "kind",
                        intent.kind(),
                        "outcome",
                        verdict instanceof Verdict.Committed ? "committed" : "aborted",
                        "by",
                        token == intent.token() ? "writer" : "recovery")
                .increment();
    }

    private static ProblemException notFinished(WriteIntent intent, FinishAnswer answer) {
        return new ProblemException(
                ProblemKind.UNAVAILABLE,
                "INTENT_NOT_SETTLED",
                "The ledger does not let this process settle the " + intent.kind() + " " + intent.id() + " now: "
                        + answer);
    }
}
