package org.vsekai.nebula.ledger.consensus;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jgroups.Address;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;

/** What {@link StrictRaft} replicates for; called by its thread alone, which an exception stops for good. */
interface Replica {
    /** The leader's next entry, if there is reason for one. Whatever it holds is from then on in the log, or lost with the leader. */
    byte @Nullable [] nextEntry(long index);

    /** The entry without commands that a new leader begins its term with. */
    byte[] firstEntry(long index);

    void apply(long index, LogEntry entry);

    /** A change of voters is committed, which is none of the state machine's. */
    void passOver(long index);

    void writeSnapshot(DataOutput out) throws IOException;

    /** @param index the last entry that it covers */
    void readSnapshot(long index, DataInput in) throws IOException;

    /** This member no longer leads: of what it had in its log, uncommitted, the outcome is unknown. */
    void leadershipLost(String reason);

    /** Another leader is known, or none. What was forwarded to an earlier one may never be answered. */
    void leaderChanged(@Nullable Address leader);

    void received(Address from, RaftMessage message);

    /** Role, term, leader or members changed, or the member halted. */
    void statusChanged();

    void halted(Throwable failure);
}
