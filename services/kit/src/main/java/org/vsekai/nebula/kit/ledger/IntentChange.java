package org.vsekai.nebula.kit.ledger;

import java.util.UUID;

/** What becomes of intents. */
public sealed interface IntentChange {
    /** There, begun or finished. */
    record IntentSet(LedgerIntent intent) implements IntentChange {}

    /** It was finished before, and is now no longer known. */
    record IntentForgotten(UUID id) implements IntentChange {}
}
