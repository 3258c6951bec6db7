package org.vsekai.nebula.ledger.consensus;

import java.nio.ByteBuffer;
import java.util.List;
import org.jgroups.protocols.raft.LogEntry;

/** What members tell each other. */
sealed interface RaftMessage {
    /** Messages of the consensus itself, which all carry the sender's term. */
    sealed interface Consensus extends RaftMessage {
        long term();
    }

    /** Entries behind the one at {@code previousIndex}; none of them is a heartbeat, which still verifies that position. */
    record Append(long term, long previousIndex, long previousTerm, long commitIndex, List<LogEntry> entries)
            implements Consensus {}

    /**
     * @param index accepted: the last entry known to be the leader's; refused: a position at or before which to look for the
     *     last common entry
     * @param previousIndex of the request that this answers
     */
    record AppendAnswer(long term, boolean accepted, long index, long previousIndex) implements Consensus {}

    /** A piece of the snapshot that covers everything up to {@code index}, whose entry was of {@code indexTerm}. */
    record SnapshotPart(long term, long index, long indexTerm, long totalBytes, long offset, ByteBuffer bytes)
            implements Consensus {}

    /** How many bytes of that snapshot have been received. */
    record SnapshotAnswer(long term, long index, long received) implements Consensus {}

    /** @param trial only asks whether the vote would be given; {@code term} is then the one that would follow */
    record VoteRequest(long term, boolean trial, long lastIndex, long lastTerm) implements Consensus {}

    /** @param round the request's term, which tells answers of different rounds apart */
    record VoteAnswer(long term, long round, boolean trial, boolean granted) implements Consensus {}

    /** What a follower asks of the leader on behalf of a caller of its own. */
    record Forward(long id, Kind kind, long timeoutMillis, ByteBuffer content) implements RaftMessage {
        enum Kind {
            COMMAND,
            BARRIER,
            ADD_MEMBER,
            REMOVE_MEMBER
        }
    }

    /** @param content the result, or the reason in UTF-8 */
    record ForwardAnswer(long id, Outcome outcome, ByteBuffer content) implements RaftMessage {
        enum Outcome {
            DONE,
            NOT_PROPOSED,
            UNKNOWN
        }
    }
}
