package org.vsekai.nebula.kit.ledger;

/** What a read may miss. */
public enum ReadConsistency {
    /** Nothing that was answered to anyone before the read began. Needs a majority of the members. */
    LINEARIZABLE,
    /** Whatever the member that happens to be asked has not heard yet. Is answered in a minority too. */
    STALE
}
