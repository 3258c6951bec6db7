package org.vsekai.nebula.ledger;

import java.util.UUID;

/** What a watcher is told. */
public sealed interface Change {

    record CounterSet(Counter counter) implements Change {}

    /** Granted, granted anew or renewed. */
    record LeaseSet(Lease lease) implements Change {}

    /** The claims under it end with it, each told on its own, before. */
    record LeaseEnded(String lease, long token, End end) implements Change {}

    record ClaimSet(Claim claim) implements Change {}

    record ClaimEnded(String resource, long token) implements Change {}

    record IntentSet(Intent intent) implements Change {}

    /** Finished before, and now no longer kept. */
    record IntentDropped(UUID id, String kind) implements Change {}

    /** Why a lease is no more. */
    enum End {
        EXPIRED,
        RELEASED,
        /** Its holder acquired it anew. */
        REPLACED
    }
}
