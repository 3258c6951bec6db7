package org.vsekai.nebula.kit.ledger;

import java.time.Duration;

/** What the ledger says to who wants a lease or wants to keep it. */
public sealed interface LeaseAnswer {
    /** The caller has it. */
    record Granted(HeldLease lease) implements LeaseAnswer {}

    /**
     * Another has it.
     *
     * @param remaining until it ends unless renewed, in the ledger's time
     */
    record Held(String holder, Duration remaining) implements LeaseAnswer {}

    /** There is no such lease with that token any more. */
    record Lost() implements LeaseAnswer {}
}
