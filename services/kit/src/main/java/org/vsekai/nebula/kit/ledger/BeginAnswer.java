package org.vsekai.nebula.kit.ledger;

/** What the ledger says to who begins an intent. */
public sealed interface BeginAnswer {
    /** @param token fencing token that goes with every write of the intent, larger than all that were given before it */
    record Begun(long token) implements BeginAnswer {}

    /** There is one of this id already. */
    record Exists() implements BeginAnswer {}

    /** The writer's lease is gone. */
    record LeaseLost() implements BeginAnswer {}
}
