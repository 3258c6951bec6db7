package org.vsekai.nebula.ledger.machine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerView;

/** The state, seen between two entries of the log. */
record StateView(LedgerState state, Duration sinceLastStamp) implements LedgerView {
    @Override
    public long index() {
        return state.index();
    }

    @Override
    public long ledgerMillis() {
        return state.ledgerMillis();
    }

    @Override
    public long counter(String name) {
        return state.counters().value(name);
    }

    @Override
    public List<Counter> counters(String prefix, String after, int pageSize) {
        return Pages.page(state.counters().byName(), prefix, after, pageSize, Function.identity());
    }

    @Override
    public Optional<Lease> findLease(String name) {
        return Optional.ofNullable(state.leases().find(name));
    }

    @Override
    public List<Lease> leases(String prefix, String after, int pageSize) {
        return state.leases().page(prefix, after, pageSize);
    }

    @Override
    public Optional<Claim> findClaim(String resource) {
        return Optional.ofNullable(state.leases().findClaim(resource));
    }

    @Override
    public List<Claim> claims(String prefix, String after, int pageSize) {
        return Pages.page(state.leases().claims(), prefix, after, pageSize, Function.identity());
    }

    @Override
    public List<Claim> claimsUnder(String lease, String after, int pageSize) {
        return Pages.page(state.leases().claimsUnder(lease), "", after, pageSize, Function.identity());
    }

    @Override
    public Optional<Intent> findIntent(UUID id) {
        return Optional.ofNullable(state.intents().find(id));
    }

    @Override
    public List<Intent> intents(Optional<Intent.State> wanted, long afterToken, int pageSize) {
        Pages.check(pageSize);
        return state.intents()
                .after(afterToken)
                .filter(intent -> wanted.isEmpty() || intent.state() == wanted.get())
                .limit(pageSize)
                .toList();
    }

    @Override
    public Sizes sizes() {
        return new Sizes(
                state.counters().byName().size(),
                state.leases().size(),
                state.leases().claims().size(),
                state.intents().pending(),
                state.intents().finished(),
                state.intents().bytes(),
                state.requests());
    }
}
