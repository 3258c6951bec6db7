package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.util.UUID;

/** What became of a command: done, or refused. A command that is sent again is answered with its first result. */
public sealed interface Result {

    /** The counter's value after the command. */
    record CounterValue(long value) implements Result {}

    record LeaseGranted(Lease lease) implements Result {}

    record Claimed(Claim claim) implements Result {}

    /** The lease or the claim is given up. */
    record Released() implements Result {}

    /** @param token the intent's own, larger than every token before it */
    record IntentBegun(UUID id, long token) implements Result {}

    record IntentFinished(UUID id, Intent.State state) implements Result {}

    /** The members agreed to change nothing. */
    sealed interface Refusal extends Result {}

    record CounterMismatch(long actual) implements Refusal {}

    /** The sum would not fit into 64 bits. */
    record CounterOverflow(long actual) implements Refusal {}

    /** @param remaining ledger time until it ends, unless it is renewed */
    record LeaseHeld(String lease, String holder, Duration remaining) implements Refusal {}

    /** There is no such lease with that token: it expired, was released, or was granted anew. */
    record LeaseLost(String lease) implements Refusal {}

    record ClaimHeld(String resource, String lease, long token) implements Refusal {}

    /** There is no such claim with that token. */
    record ClaimLost(String resource) implements Refusal {}

    record IntentExists(UUID id) implements Refusal {}

    /** It never was, or was finished so long ago that it has been dropped. */
    record IntentUnknown(UUID id) implements Refusal {}

    record IntentNotPending(UUID id, Intent.State state) implements Refusal {}

    /** The token is neither the intent's own nor that of the claim {@link Intent#RECOVERY}. */
    record IntentNotYours(UUID id) implements Refusal {}

    /** Recovery may not touch it yet: the writer's lease lives. */
    record WriterAlive(UUID id, String lease) implements Refusal {}

    /** The recovery's claim is older than the intent and could not fence its writer out: claim again. */
    record ClaimTooOld(UUID id, long intentToken) implements Refusal {}

    /** @param what of which there are too many */
    record LimitReached(Limit what, long limit) implements Refusal {}

    /**
     * Too many requests are remembered to take a new one; none is forgotten before its time, as it could then count twice.
     * Requests that were seen before are still answered. Nothing was done: slow down and send it again.
     */
    record WindowFull(long limit) implements Refusal {}

    /** The request id was seen before with another command. */
    record RequestReused() implements Refusal {}

    /** The command took longer than {@link LedgerLimits#ATTEMPT} to reach the log. Nothing was done by this attempt. */
    record RequestExpired() implements Refusal {}

    /** The bytes are no command of this version. */
    record Malformed(String problem) implements Refusal {}

    /** What there is a bounded number of; see {@link LedgerLimits}. */
    enum Limit {
        COUNTERS,
        LEASES,
        CLAIMS,
        PENDING_INTENTS,
        INTENT_BYTES
    }
}
