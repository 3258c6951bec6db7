package org.vsekai.nebula.ledger.machine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.RequestId;

/** Commands over few names, so that they meet, with tokens that are mostly about right; some ids are used again. */
final class RandomCommands {
    record Sent(RequestId id, Command command) {}

    private final Random random;
    private final List<Sent> sent = new ArrayList<>();
    private final List<UUID> intents = new ArrayList<>();

    RandomCommands(Random random) {
        this.random = random;
    }

    Sent next(LedgerView view) {
        if (!sent.isEmpty() && random.nextInt(8) == 0) {
            Sent before = sent.get(sent.size() - 1 - random.nextInt(Math.min(sent.size(), 40)));
            return random.nextInt(6) == 0 ? new Sent(before.id(), command(view)) : before;
        }
        Sent next = new Sent(new RequestId(new UUID(random.nextLong(), random.nextLong())), command(view));
        sent.add(next);
        return next;
    }

    private Command command(LedgerView view) {
        String lease = lease(view);
        String resource = random.nextInt(3) == 0 ? Intent.RECOVERY : "zone/" + random.nextInt(4);
        UUID intent = intent();
        long leaseToken = view.findLease(lease).map(Lease::token).orElse(1L);
        long claimToken = view.findClaim(resource).map(Claim::token).orElse(1L);
        return switch (random.nextInt(14)) {
            case 0 -> new Command.AddToCounter(counter(), random.nextInt(7) - 3);
            case 1 -> new Command.AddToCounter(counter(), random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE);
            case 2 -> new Command.CompareAndSetCounter(counter(), random.nextInt(4), random.nextInt(4));
            case 3, 4 ->
                new Command.AcquireLease(
                        lease, "holder/" + random.nextInt(2), Duration.ofMillis(1_000 + random.nextInt(20_000)));
            case 5 -> new Command.RenewLease(lease, about(leaseToken));
            case 6 ->
                random.nextInt(3) > 0
                        ? new Command.RenewLease(lease, about(leaseToken))
                        : new Command.ReleaseLease(lease, about(leaseToken));
            case 7, 8 -> new Command.ClaimResource(resource, lease, about(leaseToken));
            case 9 -> new Command.ReleaseClaim(resource, about(claimToken));
            case 10, 11 ->
                new Command.BeginIntent(intent, "publish", "writer", lease, about(leaseToken), List.of("a", "b"));
            case 12 -> new Command.CommitIntent(intent, finisher(view, intent));
            default -> new Command.AbortIntent(intent, finisher(view, intent), "because");
        };
    }

    /** Mostly one that is held: little can be done under another. */
    private String lease(LedgerView view) {
        List<Lease> held = view.leases("", "", 3);
        return held.isEmpty() || random.nextInt(4) == 0
                ? "node/" + random.nextInt(3)
                : held.get(random.nextInt(held.size())).name();
    }

    private long finisher(LedgerView view, UUID intent) {
        return about(
                random.nextBoolean()
                        ? view.findIntent(intent).map(Intent::token).orElse(1L)
                        : view.findClaim(Intent.RECOVERY).map(Claim::token).orElse(1L));
    }

    private String counter() {
        return "counter/" + random.nextInt(6);
    }

    private UUID intent() {
        if (intents.isEmpty() || random.nextInt(8) == 0) {
            intents.add(new UUID(random.nextLong(), random.nextLong()));
        }
        return intents.get(intents.size() - 1 - random.nextInt(Math.min(intents.size(), 4)));
    }

    private long about(long token) {
        return random.nextInt(6) == 0 ? token + 1 : token;
    }
}
