package org.vsekai.nebula.kit.ledger;

/** What becomes of leases and claims. */
public sealed interface LeaseChange {
    /** There, granted, or renewed. */
    record LeaseSet(HeldLease lease) implements LeaseChange {}

    /** Expired, released, or replaced by its holder. The claims under it were told before. */
    record LeaseEnded(String name, long token) implements LeaseChange {}

    record ClaimSet(String resource, String lease, long token) implements LeaseChange {}

    record ClaimEnded(String resource, long token) implements LeaseChange {}
}
