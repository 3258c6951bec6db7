package org.vsekai.nebula.kit.ledger;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;

/**
 * The ledger, as a service sees it. Injected where {@code nebula.ledger.endpoints} names its members; {@link #connect} makes
 * one by hand.
 *
 * <p>Retries: each write carries one request id, made when the method is called, on every attempt and to whichever member,
 * so that it counts once however often it is sent. Subscribing again to the same {@link Uni} sends the same id again; that
 * is of use for a minute, see {@link LedgerOutcomeUnknownException}. The variants that take a request id are for those who
 * go on where another call was left open.
 *
 * <p>Failures, besides those that a method names, none of which comes later than the deadline:
 * {@link LedgerUnavailableException}: nothing was done and nothing will be; {@link LedgerOutcomeUnknownException}, of writes
 * only; {@link org.vsekai.nebula.kit.problem.ProblemException} with the ledger's own code where it refuses the call as such:
 * a field that breaks its rules, a limit that is reached, a token it does not know. A refusal that the caller has to deal
 * with in its ordinary work is an answer and no failure.
 *
 * <p>Thread-safe. Nothing here blocks; results come on a thread that may block.
 */
public interface LedgerClient extends AutoCloseable {
    /** A client over the members named, which the caller has to close. It connects at the first call. */
    static LedgerClient connect(LedgerEndpoints endpoints) {
        return new GrpcLedgerClient(endpoints);
    }

    /** False if no member is named. Every call fails with {@link LedgerUnavailableException} then. */
    boolean isConfigured();

    /**
     * The same client with another deadline for each call, all attempts of it included. Closing it closes nothing.
     *
     * @param deadline more than nothing, at most a minute: no request id may be sent for longer
     */
    LedgerClient withDeadline(Duration deadline);

    // Counters

    /** The counter's value; 0 if nobody has written it. */
    Uni<Long> counter(String name, ReadConsistency consistency);

    /** Adds and answers the sum. Fails with COUNTER_OVERFLOW where that is no 64-bit number; the counter stays then. */
    default Uni<Long> addToCounter(String name, long delta) {
        return addToCounter(UUID.randomUUID(), name, delta);
    }

    Uni<Long> addToCounter(UUID requestId, String name, long delta);

    /** Sets the counter if it has the expected value. */
    default Uni<CompareAndSet> compareAndSetCounter(String name, long expected, long value) {
        return compareAndSetCounter(UUID.randomUUID(), name, expected, value);
    }

    Uni<CompareAndSet> compareAndSetCounter(UUID requestId, String name, long expected, long value);

    // Leases and claims

    /** Answers {@link LeaseAnswer.Granted} or {@link LeaseAnswer.Held}. Who holds it already gets it anew, with a new token. */
    default Uni<LeaseAnswer> acquireLease(String name, String holder, Duration timeToLive) {
        return acquireLease(UUID.randomUUID(), name, holder, timeToLive);
    }

    Uni<LeaseAnswer> acquireLease(UUID requestId, String name, String holder, Duration timeToLive);

    /** Answers {@link LeaseAnswer.Granted} with the same token, or {@link LeaseAnswer.Lost}. */
    default Uni<LeaseAnswer> renewLease(String name, long token) {
        return renewLease(UUID.randomUUID(), name, token);
    }

    Uni<LeaseAnswer> renewLease(UUID requestId, String name, long token);

    /** Ends the lease and what was claimed under it. False if it was gone already. */
    default Uni<Boolean> releaseLease(String name, long token) {
        return releaseLease(UUID.randomUUID(), name, token);
    }

    Uni<Boolean> releaseLease(UUID requestId, String name, long token);

    /** Who has the lease; empty if nobody. */
    Uni<Optional<HeldLease>> findLease(String name, ReadConsistency consistency);

    /** Takes a resource for as long as the lease lives. What is held under the same lease already gets a new token. */
    default Uni<ClaimAnswer> claim(String resource, String lease, long leaseToken) {
        return claim(UUID.randomUUID(), resource, lease, leaseToken);
    }

    Uni<ClaimAnswer> claim(UUID requestId, String resource, String lease, long leaseToken);

    /** False if the claim was gone already. */
    default Uni<Boolean> releaseClaim(String resource, long token) {
        return releaseClaim(UUID.randomUUID(), resource, token);
    }

    Uni<Boolean> releaseClaim(UUID requestId, String resource, long token);

    // Intents

    /**
     * Announces a write to more than one store.
     *
     * @param id chosen by the writer; stands for this write for ever
     * @param covers what it touches: at most 1,024 texts of at most 512 bytes
     */
    default Uni<BeginAnswer> beginIntent(
            UUID id, String kind, String writer, String lease, long leaseToken, Collection<String> covers) {
        return beginIntent(UUID.randomUUID(), id, kind, writer, lease, leaseToken, covers);
    }

    Uni<BeginAnswer> beginIntent(
            UUID requestId,
            UUID id,
            String kind,
            String writer,
            String lease,
            long leaseToken,
            Collection<String> covers);

    /** @param token the intent's, or for recovery that of the claim {@value LedgerIntent#RECOVERY} */
    default Uni<FinishAnswer> commitIntent(UUID id, long token) {
        return commitIntent(UUID.randomUUID(), id, token);
    }

    Uni<FinishAnswer> commitIntent(UUID requestId, UUID id, long token);

    /**
     * @param token as in {@link #commitIntent(UUID, long)}
     * @param reason for people, 1 to 512 bytes
     */
    default Uni<FinishAnswer> abortIntent(UUID id, long token, String reason) {
        return abortIntent(UUID.randomUUID(), id, token, reason);
    }

    Uni<FinishAnswer> abortIntent(UUID requestId, UUID id, long token, String reason);

    /** Empty if it was never begun, or was finished so long ago that it is forgotten. */
    Uni<Optional<LedgerIntent>> findIntent(UUID id, ReadConsistency consistency);

    /** Intents in the order in which they were begun. */
    Uni<Page<LedgerIntent>> intents(IntentFilter filter, PageRequest page, ReadConsistency consistency);

    // Watches

    /**
     * What there is and every change of it, see {@link WatchEvent}. Goes on for ever, over whatever members there are: where
     * the connection is lost or the subscriber too slow, it begins anew. Fails only where the ledger refuses the call as
     * such. Back-pressure reaches the member, which ends a watch that it would have to hold too much for.
     *
     * @param prefix how the counter's name begins; empty: all
     */
    Multi<WatchEvent<CounterChange>> watchCounters(String prefix);

    /** Leases and claims whose name or resource begins with the prefix; as {@link #watchCounters}. */
    Multi<WatchEvent<LeaseChange>> watchLeases(String prefix);

    /** Intents whose kind begins with the prefix; as {@link #watchCounters}. */
    Multi<WatchEvent<IntentChange>> watchIntents(String kindPrefix);

    /** Breaks off what is under way. Of the injected client, nobody's business but the container's. */
    @Override
    void close();
}
