package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What can be asked of the ledger. Each is carried out whole or refused whole.
 *
 * <p>Names, holders, kinds and writers have 1 to 256 bytes of UTF-8, reasons and covers 1 to 512, none with control
 * characters. A record that breaks a rule cannot be made: {@link InvalidCommandException}.
 *
 * <p>Tokens come from one sequence: every lease granted, claim made and intent begun takes the next, so that of any two
 * the later one is larger, whatever they belong to. What has a token may lend it to a store outside as a fencing token.
 */
public sealed interface Command {

    /** Answers {@link Result.CounterValue} with the sum, or {@link Result.CounterOverflow} and changes nothing. */
    record AddToCounter(String counter, long delta) implements Command {
        public AddToCounter {
            Rules.name("counter", counter);
        }
    }

    /** Answers {@link Result.CounterValue} with the new value, or {@link Result.CounterMismatch}. */
    record CompareAndSetCounter(String counter, long expected, long value) implements Command {
        public CompareAndSetCounter {
            Rules.name("counter", counter);
        }
    }

    /**
     * Answers {@link Result.LeaseGranted}, or {@link Result.LeaseHeld} while another holder has it. Who already holds the
     * lease gets a new one in its place, with a new token, and what hung under the old one falls: a process that was
     * started anew under its old name must not go on with what it no longer remembers, and need not wait either.
     *
     * @param ttl how long it lives unless renewed, in ledger time, from {@link #SHORTEST_TTL} to {@link #LONGEST_TTL}, in
     *     whole milliseconds
     */
    record AcquireLease(String lease, String holder, Duration ttl) implements Command {
        public static final Duration SHORTEST_TTL = Duration.ofSeconds(1);
        public static final Duration LONGEST_TTL = Duration.ofMinutes(10);

        public AcquireLease {
            Rules.name("lease", lease);
            Rules.name("holder", holder);
            Rules.ttl(ttl);
            ttl = Duration.ofMillis(ttl.toMillis());
        }
    }

    /** Answers {@link Result.LeaseGranted} with the same token, or {@link Result.LeaseLost}. */
    record RenewLease(String lease, long token) implements Command {
        public RenewLease {
            Rules.name("lease", lease);
            Rules.token("token", token);
        }
    }

    /** Ends the lease and every claim under it: {@link Result.Released}, or {@link Result.LeaseLost}. */
    record ReleaseLease(String lease, long token) implements Command {
        public ReleaseLease {
            Rules.name("lease", lease);
            Rules.token("token", token);
        }
    }

    /**
     * Takes a resource for as long as the lease lives: {@link Result.Claimed}, {@link Result.ClaimHeld} or
     * {@link Result.LeaseLost}. Claiming again what is held under the same lease gives it the next token, which is larger
     * than every token given before: a holder of the claim {@code intent-recovery} does so before each round, to be able
     * to fence out every writer whose lease was gone by then.
     */
    record ClaimResource(String resource, String lease, long leaseToken) implements Command {
        public ClaimResource {
            Rules.name("resource", resource);
            Rules.name("lease", lease);
            Rules.token("leaseToken", leaseToken);
        }
    }

    /** Answers {@link Result.Released}, or {@link Result.ClaimLost}. */
    record ReleaseClaim(String resource, long token) implements Command {
        public ReleaseClaim {
            Rules.name("resource", resource);
            Rules.token("token", token);
        }
    }

    /**
     * Answers {@link Result.IntentBegun}, {@link Result.LeaseLost}, {@link Result.IntentExists} or
     * {@link Result.LimitReached}.
     *
     * @param covers at most 1,024 texts that say what the write touches
     */
    record BeginIntent(UUID id, String kind, String writer, String lease, long leaseToken, List<String> covers)
            implements Command {
        public BeginIntent {
            Rules.name("kind", kind);
            Rules.name("writer", writer);
            Rules.name("lease", lease);
            Rules.token("leaseToken", leaseToken);
            covers = Rules.covers(covers);
        }
    }

    /**
     * Answers {@link Result.IntentFinished}, or why not.
     *
     * @param token the intent's own, while its writer's lease lives; once that is gone, that of the claim
     *     {@link Intent#RECOVERY}, made after the intent began
     */
    record CommitIntent(UUID id, long token) implements Command {
        public CommitIntent {
            Rules.token("token", token);
        }
    }

    /** As {@link CommitIntent}, with the other outcome and the reason for it. */
    record AbortIntent(UUID id, long token, String reason) implements Command {
        public AbortIntent {
            Rules.token("token", token);
            Rules.text("reason", reason);
        }
    }
}
