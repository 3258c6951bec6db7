package org.vsekai.nebula.kit.intent;

import io.smallrye.mutiny.Uni;

/**
 * A bean that knows one kind of write. Every step may be repeated and may come late: a process that was paused in the middle
 * may go on when another has long settled the same write.
 */
public interface IntentResolver {
    /** Names the kind for ever: it stands in the ledger. */
    String kind();

    /**
     * Shuts the writer out of the database, looks there for what it did, and makes the other store follow. A failure leaves
     * the intent pending for the next try.
     */
    Uni<Verdict> resolve(WriteIntent intent);
}
