package org.vsekai.nebula.system.ledger;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.UUID;

/** Asks one member, once. Safe for use by many threads. */
interface LedgerDriver extends AutoCloseable {

    /** How an attempt ended. */
    sealed interface Outcome {
        record Known(Operation.Answer answer) implements Outcome {}

        /** It has not happened and, for this attempt's sake, never will. */
        record NotDone(String why) implements Outcome {}

        /** It has happened, will happen, or never will. */
        record Unknown(String why) implements Outcome {}
    }

    /**
     * @param member from 0
     * @param request what an attempt again of the same operation is known by
     * @param stale whether a read may be answered from what the member has, however old
     */
    Outcome attempt(int member, UUID request, Operation operation, boolean stale, Duration timeout);

    /** Who leads, as the leader of the latest term says itself; nobody if none that answers leads. */
    OptionalInt findLeader();

    /**
     * Whether the member answers at all, be there a leader or not.
     *
     * @throws IllegalStateException if it says that it takes no part any more
     */
    boolean answers(int member);

    @Override
    void close();
}
