package org.vsekai.nebula.ledger.consensus;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a member knows of itself and, while it leads, of the others. Indices are positions in the log, from 1; 0 says none.
 *
 * @param id the member's configured id
 * @param term the election that it last heard of
 * @param leader id of the leader of that term, if known
 * @param commitIndex the last entry known to be on a majority
 * @param lastIndex the last entry in this member's log
 * @param appliedIndex the last entry that the state machine has seen
 * @param snapshotIndex the last entry that the newest snapshot covers
 * @param logBytes bytes of entries since that snapshot
 * @param members ids of the voters
 * @param matchIndices while leading, the last entry known to be on each other connected member, learners among them
 * @param fsyncs how often the log was synchronised, and for how long
 * @param applyNanos time spent in the state machine
 * @param failure why the member stopped itself, if it did
 */
public record MemberStatus(
        String id,
        Role role,
        long term,
        Optional<String> leader,
        long commitIndex,
        long lastIndex,
        long appliedIndex,
        long snapshotIndex,
        long logBytes,
        List<String> members,
        Map<String, Long> matchIndices,
        long fsyncs,
        long fsyncNanos,
        long applyNanos,
        Optional<String> failure) {
    public MemberStatus {
        members = List.copyOf(members);
        matchIndices = Map.copyOf(matchIndices);
    }

    /** A member's part in the current term. */
    public enum Role {
        LEADER,
        FOLLOWER,
        CANDIDATE,
        /** Follows without a vote: not (yet, or no longer) one of {@link MemberStatus#members()}. */
        LEARNER,
        /** Stopped itself: see {@link MemberStatus#failure()}. */
        HALTED
    }
}
