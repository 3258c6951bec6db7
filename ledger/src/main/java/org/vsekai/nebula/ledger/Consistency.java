package org.vsekai.nebula.ledger;

/** What a read may miss. */
public enum Consistency {
    /** Nothing that was answered to anyone before the read began. Needs a majority. */
    LINEARIZABLE,
    /**
     * Whatever this member has not heard yet: it answers from its own memory and asks nobody, also when it is cut off. How
     * old that may be is told by {@link LedgerView#sinceLastStamp()}.
     */
    STALE
}
