package org.vsekai.nebula.ledger.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.RequestId;
import org.vsekai.nebula.ledger.Result;

/** The ledger once more, written for nothing but plainness: lists are searched, nothing is indexed, nothing is packed. */
final class Model {
    private record Done(RequestId id, Command command, long millis, Result result) {}

    private record Finished(UUID id, long millis) {}

    final Map<String, Long> counters = new TreeMap<>();
    final Map<String, Lease> leases = new TreeMap<>();
    final Map<String, Claim> claims = new TreeMap<>();
    final List<Intent> intents = new ArrayList<>();
    private final List<Finished> finished = new ArrayList<>();
    private final List<Done> done = new ArrayList<>();
    private long token;

    Result run(RequestId id, Command command, LedgerLimits limits, long now, Instant wall) {
        leases.values().removeIf(lease -> lease.expiresAtMillis() <= now);
        dropClaims();
        done.removeIf(d -> d.millis() <= now - limits.remembered().toMillis());
        while (!finished.isEmpty()
                && (finished.size() > limits.finishedIntents()
                        || now - finished.getFirst().millis()
                                > limits.finishedIntentAge().toMillis())) {
            UUID dropped = finished.removeFirst().id();
            intents.removeIf(intent -> intent.id().equals(dropped));
        }
        for (Done before : done) {
            if (before.id().equals(id)) {
                return before.command().equals(command) ? before.result() : new Result.RequestReused();
            }
        }
        if (done.size() >= limits.requests()) {
            return new Result.WindowFull(limits.requests());
        }
        Result result = execute(command, limits, now, wall);
        dropClaims();
        done.add(new Done(id, command, now, result));
        return result;
    }

    private Result execute(Command command, LedgerLimits limits, long now, Instant wall) {
        return switch (command) {
            case Command.AddToCounter(String name, long delta) -> {
                long before = counters.getOrDefault(name, 0L);
                try {
                    yield set(name, Math.addExact(before, delta), limits);
                } catch (ArithmeticException e) {
                    yield new Result.CounterOverflow(before);
                }
            }
            case Command.CompareAndSetCounter(String name, long expected, long value) -> {
                long before = counters.getOrDefault(name, 0L);
                yield before == expected ? set(name, value, limits) : new Result.CounterMismatch(before);
            }
            case Command.AcquireLease(String name, String holder, Duration ttl) -> {
                Lease before = leases.get(name);
                if (before == null && leases.size() >= limits.leases()) {
                    yield new Result.LimitReached(Result.Limit.LEASES, limits.leases());
                }
                if (before != null && !before.holder().equals(holder)) {
                    yield new Result.LeaseHeld(
                            name, before.holder(), Duration.ofMillis(before.expiresAtMillis() - now));
                }
                Lease lease = new Lease(name, holder, ++token, ttl, now + ttl.toMillis(), wall);
                leases.put(name, lease);
                yield new Result.LeaseGranted(lease);
            }
            case Command.RenewLease(String name, long wanted) -> {
                if (!alive(name, wanted)) {
                    yield new Result.LeaseLost(name);
                }
                Lease was = leases.get(name);
                Lease lease = new Lease(
                        name, was.holder(), wanted, was.ttl(), now + was.ttl().toMillis(), was.acquiredAt());
                leases.put(name, lease);
                yield new Result.LeaseGranted(lease);
            }
            case Command.ReleaseLease(String name, long wanted) -> {
                if (!alive(name, wanted)) {
                    yield new Result.LeaseLost(name);
                }
                leases.remove(name);
                yield new Result.Released();
            }
            case Command.ClaimResource(String resource, String lease, long leaseToken) -> {
                if (!alive(lease, leaseToken)) {
                    yield new Result.LeaseLost(lease);
                }
                Claim before = claims.get(resource);
                if (before != null && !before.lease().equals(lease)) {
                    yield new Result.ClaimHeld(resource, before.lease(), before.token());
                }
                if (before == null && claims.size() >= limits.claims()) {
                    yield new Result.LimitReached(Result.Limit.CLAIMS, limits.claims());
                }
                Claim claim = new Claim(resource, lease, leaseToken, ++token);
                claims.put(resource, claim);
                yield new Result.Claimed(claim);
            }
            case Command.ReleaseClaim(String resource, long wanted) -> {
                Claim claim = claims.get(resource);
                if (claim == null || claim.token() != wanted) {
                    yield new Result.ClaimLost(resource);
                }
                claims.remove(resource);
                yield new Result.Released();
            }
            case Command.BeginIntent begin -> {
                if (!alive(begin.lease(), begin.leaseToken())) {
                    yield new Result.LeaseLost(begin.lease());
                }
                if (find(begin.id()).isPresent()) {
                    yield new Result.IntentExists(begin.id());
                }
                if (intents.size() - finished.size() >= limits.pendingIntents()) {
                    yield new Result.LimitReached(Result.Limit.PENDING_INTENTS, limits.pendingIntents());
                }
                intents.add(new Intent(
                        begin.id(),
                        ++token,
                        begin.kind(),
                        begin.writer(),
                        begin.lease(),
                        begin.leaseToken(),
                        begin.covers(),
                        Intent.State.PENDING,
                        Optional.empty(),
                        wall,
                        Optional.empty()));
                yield new Result.IntentBegun(begin.id(), token);
            }
            case Command.CommitIntent(UUID id, long by) ->
                finish(id, by, Intent.State.COMMITTED, Optional.empty(), now, wall);
            case Command.AbortIntent(UUID id, long by, String reason) ->
                finish(id, by, Intent.State.ABORTED, Optional.of(reason), now, wall);
        };
    }

    private Result set(String name, long value, LedgerLimits limits) {
        if (!counters.containsKey(name) && value != 0 && counters.size() >= limits.counters()) {
            return new Result.LimitReached(Result.Limit.COUNTERS, limits.counters());
        }
        counters.put(name, value);
        counters.values().removeIf(v -> v == 0);
        return new Result.CounterValue(value);
    }

    private Result finish(UUID id, long by, Intent.State state, Optional<String> reason, long now, Instant wall) {
        Optional<Intent> found = find(id);
        if (found.isEmpty()) {
            return new Result.IntentUnknown(id);
        }
        Intent intent = found.get();
        if (intent.state() != Intent.State.PENDING) {
            return new Result.IntentNotPending(id, intent.state());
        }
        boolean writerAlive = alive(intent.lease(), intent.leaseToken());
        Claim recovery = claims.get(Intent.RECOVERY);
        boolean writer = by == intent.token();
        if (writer && !writerAlive) {
            return new Result.LeaseLost(intent.lease());
        }
        if (!writer && (recovery == null || recovery.token() != by)) {
            return new Result.IntentNotYours(id);
        }
        if (!writer && writerAlive) {
            return new Result.WriterAlive(id, intent.lease());
        }
        if (by < intent.token()) {
            return new Result.ClaimTooOld(id, intent.token());
        }
        intents.set(
                intents.indexOf(intent),
                new Intent(
                        id,
                        intent.token(),
                        intent.kind(),
                        intent.writer(),
                        intent.lease(),
                        intent.leaseToken(),
                        intent.covers(),
                        state,
                        reason,
                        intent.begunAt(),
                        Optional.of(wall)));
        finished.add(new Finished(id, now));
        return new Result.IntentFinished(id, state);
    }

    private Optional<Intent> find(UUID id) {
        return intents.stream().filter(intent -> intent.id().equals(id)).findFirst();
    }

    private boolean alive(String lease, long wanted) {
        return leases.containsKey(lease) && leases.get(lease).token() == wanted;
    }

    private void dropClaims() {
        claims.values().removeIf(claim -> !alive(claim.lease(), claim.leaseToken()));
    }
}
