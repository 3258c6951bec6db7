package org.vsekai.nebula.kit.ledger;

/** What the ledger says to who claims a resource. */
public sealed interface ClaimAnswer {
    /**
     * It is the caller's for as long as its lease lives.
     *
     * @param token fencing token, larger than all that were given before it
     */
    record Claimed(String resource, long token) implements ClaimAnswer {}

    /**
     * Somebody else has it.
     *
     * @param lease under which they have it
     * @param token theirs
     */
    record Held(String resource, String lease, long token) implements ClaimAnswer {}

    /** The lease to claim under is gone. */
    record LeaseLost() implements ClaimAnswer {}
}
