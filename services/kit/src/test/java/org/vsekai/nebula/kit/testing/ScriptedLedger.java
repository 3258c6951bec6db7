package org.vsekai.nebula.kit.testing;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.ledger.BeginAnswer;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.CompareAndSet;
import org.vsekai.nebula.kit.ledger.CounterChange;
import org.vsekai.nebula.kit.ledger.FinishAnswer;
import org.vsekai.nebula.kit.ledger.HeldLease;
import org.vsekai.nebula.kit.ledger.IntentChange;
import org.vsekai.nebula.kit.ledger.IntentFilter;
import org.vsekai.nebula.kit.ledger.LeaseAnswer;
import org.vsekai.nebula.kit.ledger.LeaseChange;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.ledger.WatchEvent;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;

/** A ledger that answers what a test scripts by overriding, where no real one can be made to answer so; the rest fails. */
public class ScriptedLedger implements LedgerClient {
    private static <T> Uni<T> unscripted() {
        return Uni.createFrom().failure(() -> new UnsupportedOperationException("not scripted"));
    }

    @Override
    public boolean isConfigured() {
        return true;
    }

    @Override
    public LedgerClient withDeadline(Duration deadline) {
        return this;
    }

    @Override
    public Uni<Long> counter(String name, ReadConsistency consistency) {
        return unscripted();
    }

    @Override
    public Uni<Long> addToCounter(UUID requestId, String name, long delta) {
        return unscripted();
    }

    @Override
    public Uni<CompareAndSet> compareAndSetCounter(UUID requestId, String name, long expected, long value) {
        return unscripted();
    }

    @Override
    public Uni<LeaseAnswer> acquireLease(UUID requestId, String name, String holder, Duration timeToLive) {
        return unscripted();
    }

    @Override
    public Uni<LeaseAnswer> renewLease(UUID requestId, String name, long token) {
        return unscripted();
    }

    @Override
    public Uni<Boolean> releaseLease(UUID requestId, String name, long token) {
        return unscripted();
    }

    @Override
    public Uni<Optional<HeldLease>> findLease(String name, ReadConsistency consistency) {
        return unscripted();
    }

    @Override
    public Uni<ClaimAnswer> claim(UUID requestId, String resource, String lease, long leaseToken) {
        return unscripted();
    }

    @Override
    public Uni<Boolean> releaseClaim(UUID requestId, String resource, long token) {
        return unscripted();
    }

    @Override
    public Uni<BeginAnswer> beginIntent(
            UUID requestId,
            UUID id,
            String kind,
            String writer,
            String lease,
            long leaseToken,
            Collection<String> covers) {
        return unscripted();
    }

    @Override
    public Uni<FinishAnswer> commitIntent(UUID requestId, UUID id, long token) {
        return unscripted();
    }

    @Override
    public Uni<FinishAnswer> abortIntent(UUID requestId, UUID id, long token, String reason) {
        return unscripted();
    }

    @Override
    public Uni<Optional<LedgerIntent>> findIntent(UUID id, ReadConsistency consistency) {
        return unscripted();
    }

    @Override
    public Uni<Page<LedgerIntent>> intents(IntentFilter filter, PageRequest page, ReadConsistency consistency) {
        return unscripted();
    }

    @Override
    public Multi<WatchEvent<CounterChange>> watchCounters(String prefix) {
        return Multi.createFrom().failure(() -> new UnsupportedOperationException("not scripted"));
    }

    @Override
    public Multi<WatchEvent<LeaseChange>> watchLeases(String prefix) {
        return Multi.createFrom().failure(() -> new UnsupportedOperationException("not scripted"));
    }

    @Override
    public Multi<WatchEvent<IntentChange>> watchIntents(String kindPrefix) {
        return Multi.createFrom().failure(() -> new UnsupportedOperationException("not scripted"));
    }

    @Override
    public void close() {}
}
