package org.vsekai.nebula.ledger.machine;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.Result;

/** Leases that live, and the claims that hang under them. */
final class Leases {
    /** A lease, and the resources claimed under it. */
    private record Held(Lease lease, TreeMap<String, Claim> claims) {}

    private static final Comparator<Lease> BY_EXPIRY =
            Comparator.comparingLong(Lease::expiresAtMillis).thenComparingLong(Lease::token);

    private final Tokens tokens;
    private final TreeMap<String, Held> byName = new TreeMap<>();
    private final TreeMap<String, Claim> claims = new TreeMap<>();
    private final TreeSet<Lease> byExpiry = new TreeSet<>(BY_EXPIRY);

    Leases(Tokens tokens) {
        this.tokens = tokens;
    }

    void expire(long nowMillis, Consumer<Change> changes) {
        while (!byExpiry.isEmpty() && byExpiry.first().expiresAtMillis() <= nowMillis) {
            end(byExpiry.first(), Change.End.EXPIRED, changes);
        }
    }

    /** Ledger time at which the next lease ends. */
    OptionalLong nextExpiryMillis() {
        return byExpiry.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(byExpiry.first().expiresAtMillis());
    }

    Result acquire(Command.AcquireLease acquire, LedgerLimits limits, Now now, Consumer<Change> changes) {
        Lease before = find(acquire.lease());
        if (before != null && !before.holder().equals(acquire.holder())) {
            return new Result.LeaseHeld(before.name(), before.holder(), before.remaining(now.millis()));
        }
        if (before == null && byName.size() >= limits.leases()) {
            return new Result.LimitReached(Result.Limit.LEASES, limits.leases());
        }
        if (before != null) {
            end(before, Change.End.REPLACED, changes);
        }
        Lease lease = new Lease(
                acquire.lease(),
                acquire.holder(),
                tokens.next(),
                acquire.ttl(),
                Math.addExact(now.millis(), acquire.ttl().toMillis()),
                now.wall());
        byExpiry.add(lease);
        byName.put(lease.name(), new Held(lease, new TreeMap<>()));
        changes.accept(new Change.LeaseSet(lease));
        return new Result.LeaseGranted(lease);
    }

    Result renew(Command.RenewLease renew, Now now, Consumer<Change> changes) {
        Held held = byName.get(renew.lease());
        if (held == null || held.lease().token() != renew.token()) {
            return new Result.LeaseLost(renew.lease());
        }
        Lease before = held.lease();
        Lease lease = new Lease(
                before.name(),
                before.holder(),
                before.token(),
                before.ttl(),
                Math.addExact(now.millis(), before.ttl().toMillis()),
                before.acquiredAt());
        byExpiry.remove(before);
        byExpiry.add(lease);
        byName.put(lease.name(), new Held(lease, held.claims()));
        changes.accept(new Change.LeaseSet(lease));
        return new Result.LeaseGranted(lease);
    }

    Result release(Command.ReleaseLease release, Consumer<Change> changes) {
        Lease lease = find(release.lease());
        if (lease == null || lease.token() != release.token()) {
            return new Result.LeaseLost(release.lease());
        }
        end(lease, Change.End.RELEASED, changes);
        return new Result.Released();
    }

    Result claim(Command.ClaimResource command, int limit, Consumer<Change> changes) {
        Held held = byName.get(command.lease());
        if (held == null || held.lease().token() != command.leaseToken()) {
            return new Result.LeaseLost(command.lease());
        }
        Claim before = claims.get(command.resource());
        if (before != null && before.leaseToken() != command.leaseToken()) {
            return new Result.ClaimHeld(before.resource(), before.lease(), before.token());
        }
        if (before == null && claims.size() >= limit) {
            return new Result.LimitReached(Result.Limit.CLAIMS, limit);
        }
        Claim claim = new Claim(command.resource(), command.lease(), command.leaseToken(), tokens.next());
        put(claim, held);
        changes.accept(new Change.ClaimSet(claim));
        return new Result.Claimed(claim);
    }

    Result release(Command.ReleaseClaim release, Consumer<Change> changes) {
        Claim claim = claims.get(release.resource());
        if (claim == null || claim.token() != release.token()) {
            return new Result.ClaimLost(release.resource());
        }
        claims.remove(claim.resource());
        claimsUnder(claim.lease()).remove(claim.resource());
        changes.accept(new Change.ClaimEnded(claim.resource(), claim.token()));
        return new Result.Released();
    }

    boolean isAlive(String lease, long token) {
        Held held = byName.get(lease);
        return held != null && held.lease().token() == token;
    }

    @Nullable
    Lease find(String name) {
        Held held = byName.get(name);
        return held == null ? null : held.lease();
    }

    @Nullable
    Claim findClaim(String resource) {
        return claims.get(resource);
    }

    TreeMap<String, Claim> claims() {
        return claims;
    }

    TreeMap<String, Claim> claimsUnder(String lease) {
        Held held = byName.get(lease);
        return held == null ? new TreeMap<>() : held.claims();
    }

    List<Lease> page(String prefix, String after, int pageSize) {
        return Pages.page(byName, prefix, after, pageSize, Held::lease);
    }

    Stream<Lease> all() {
        return byName.values().stream().map(Held::lease);
    }

    int size() {
        return byName.size();
    }

    void write(Encoder out) {
        out.count(byName.size());
        byName.values().forEach(held -> ResultCodec.write(held.lease(), out));
        out.count(claims.size());
        claims.values().forEach(claim -> ResultCodec.write(claim, out));
    }

    static Leases read(Decoder in, Tokens tokens, long nowMillis) throws IOException {
        Leases leases = new Leases(tokens);
        long count = in.count(Integer.MAX_VALUE);
        String before = "";
        for (long i = 0; i < count; i++) {
            Lease lease = ResultCodec.readLease(in);
            in.expect(lease.name().compareTo(before) > 0, "leases out of order");
            in.expect(lease.token() <= tokens.last(), "a lease's token that was never given");
            in.expect(lease.expiresAtMillis() > nowMillis, "a lease that has ended");
            in.expect(lease.expiresAtMillis() - nowMillis <= lease.ttl().toMillis(), "a lease that outlives its time");
            leases.byName.put(lease.name(), new Held(lease, new TreeMap<>()));
            in.expect(leases.byExpiry.add(lease), "two leases with one token");
            before = lease.name();
        }
        count = in.count(Integer.MAX_VALUE);
        before = "";
        for (long i = 0; i < count; i++) {
            Claim claim = ResultCodec.readClaim(in);
            Held held = leases.byName.get(claim.lease());
            in.expect(claim.resource().compareTo(before) > 0, "claims out of order");
            in.expect(claim.token() <= tokens.last(), "a claim's token that was never given");
            if (held == null || held.lease().token() != claim.leaseToken()) {
                throw in.malformed("a claim without its lease");
            }
            leases.put(claim, held);
            before = claim.resource();
        }
        return leases;
    }

    private void put(Claim claim, Held held) {
        claims.put(claim.resource(), claim);
        held.claims().put(claim.resource(), claim);
    }

    private void end(Lease lease, Change.End end, Consumer<Change> changes) {
        for (Claim claim : claimsUnder(lease.name()).values()) {
            claims.remove(claim.resource());
            changes.accept(new Change.ClaimEnded(claim.resource(), claim.token()));
        }
        byName.remove(lease.name());
        byExpiry.remove(lease);
        changes.accept(new Change.LeaseEnded(lease.name(), lease.token(), end));
    }
}
