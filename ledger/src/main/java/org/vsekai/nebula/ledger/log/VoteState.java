package org.vsekai.nebula.ledger.log;

import org.jgroups.Address;
import org.jspecify.annotations.Nullable;

/**
 * What must change as one.
 *
 * @param term the highest known
 * @param vote whom this member voted for in {@code term}
 * @param cutFrom entries from this index on are being removed; 0 for none
 * @param restartAfter the log is being begun anew after the snapshot of this index; 0 for none
 */
record VoteState(long term, @Nullable Address vote, long cutFrom, long restartAfter) {
    static final VoteState INITIAL = new VoteState(0, null, 0, 0);

    VoteState {
        if (term < 0 || cutFrom < 0 || restartAfter < 0) {
            throw new IllegalArgumentException(
                    "term %d, cut from %d, restart after %d".formatted(term, cutFrom, restartAfter));
        }
    }

    VoteState withTerm(long newTerm) {
        return new VoteState(newTerm, null, cutFrom, restartAfter);
    }

    VoteState withVote(long inTerm, Address member) {
        return new VoteState(inTerm, member, cutFrom, restartAfter);
    }

    VoteState withCutFrom(long index) {
        return new VoteState(term, vote, index, restartAfter);
    }

    VoteState withRestartAfter(long index) {
        return new VoteState(term, vote, cutFrom, index);
    }
}
