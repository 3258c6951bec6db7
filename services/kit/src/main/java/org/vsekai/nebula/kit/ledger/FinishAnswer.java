package org.vsekai.nebula.kit.ledger;

/** What the ledger says to who commits or aborts an intent. */
public sealed interface FinishAnswer {
    /** It is as was asked. @param changed false if it was so already */
    record Finished(boolean changed) implements FinishAnswer {}

    /** It had the other outcome already, and keeps it. @param state COMMITTED or ABORTED */
    record OtherOutcome(LedgerIntent.State state) implements FinishAnswer {}

    /** It was never begun, or was finished so long ago that it is forgotten. */
    record Unknown() implements FinishAnswer {}

    /** The intent's own token, but the lease under which it was begun is gone: it is for recovery to finish. */
    record LeaseLost() implements FinishAnswer {}

    /** The token is neither the intent's nor that of the claim {@value LedgerIntent#RECOVERY}. */
    record NotYours() implements FinishAnswer {}

    /** Recovery may not touch it: its writer's lease lives. */
    record WriterAlive() implements FinishAnswer {}

    /** Recovery's claim is older than the intent and could not fence its writer out: claim again. */
    record ClaimTooOld() implements FinishAnswer {}
}
