package org.vsekai.nebula.ledger.consensus;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jgroups.Address;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteRequest;

/**
 * Elections by the book (Raft paper, section 5.2 and 5.4.1; dissertation, section 9.6 on trial votes). A member that misses the
 * leader first asks whether it would be voted for, which changes nothing anywhere, and only with a majority's yes begins
 * a term and asks for votes; so a member that cannot win does not depose a leader that others still hear.
 *
 * <p>This replaces jgroups-raft's election, in which the view's coordinator collects everybody's log position under one vote
 * each and names the leader: it counts a {@code VoteResponse} without comparing its term with the round's, so an answer that
 * comes late tells an old log position, and names a leader that lacks committed entries; and nothing elects when the
 * coordinator sees the leader in its view and the others do not hear it. What is kept is its strength: JGroups' failure
 * detection begins an election as soon as the leader left the view, long before the time-out.
 *
 * <p>Runs on {@link StrictRaft}'s thread and under its monitor, as all that changes term, vote and role.
 */
final class Elections {
    private final StrictRaft raft;
    private final RaftTiming timing;
    private final RandomGenerator random;

    private long deadlineNanos;
    private long heardLeaderNanos;
    private boolean heardLeader;

    /** The term that is asked for in trial, or that this member is a candidate in; 0 for neither. */
    private long trialTerm;

    private long candidateTerm;
    private final Set<String> granted = new HashSet<>();

    Elections(StrictRaft raft, RaftTiming timing, RandomGenerator random) {
        this.raft = raft;
        this.timing = timing;
        this.random = random;
    }

    boolean isCandidate() {
        return candidateTerm != 0 && candidateTerm == raft.currentTerm() && !raft.leads();
    }

    /** A message of the current term's leader came. */
    void heardLeader(long now) {
        heardLeader = true;
        heardLeaderNanos = now;
        trialTerm = 0;
        candidateTerm = 0;
        waitAgain(now);
    }

    /** The view says that the leader is gone: who stands first is left to chance, so that votes are rarely split. */
    void leaderLeft(long now) {
        heardLeader = false;
        deadlineNanos = now + spread();
    }

    void waitAgain(long now) {
        long timeout = timing.electionTimeout().toNanos();
        deadlineNanos = now + timeout + random.nextLong(timeout);
    }

    /** At start and when a majority has come together: there may be no leader to wait for. */
    void standSoon(long now) {
        deadlineNanos = Math.min(deadlineNanos, now + timing.electionSpread().toNanos() + spread());
    }

    void tick(long now) {
        if (!raft.leads() && raft.isVoter() && now - deadlineNanos >= 0) {
            if (raft.majorityConnected()) {
                beginTrial(now);
            } else {
                waitAgain(now);
            }
        }
    }

    private void beginTrial(long now) {
        candidateTerm = 0;
        trialTerm = raft.currentTerm() + 1;
        granted.clear();
        deadlineNanos = now + timing.electionSpread().toNanos() * 2 + spread();
        raft.tellOthers(new VoteRequest(trialTerm, true, raft.lastAppended(), raft.lastTerm()));
        count(raft.raftId(), now);
    }

    private void beginTerm(long now) {
        trialTerm = 0;
        granted.clear();
        candidateTerm = raft.createNewTerm();
        raft.votedFor(raft.localAddress());
        deadlineNanos = now + timing.electionSpread().toNanos() * 2 + spread();
        raft.tellOthers(new VoteRequest(candidateTerm, false, raft.lastAppended(), raft.lastTerm()));
        count(raft.raftId(), now);
    }

    void requested(Address from, VoteRequest request, long now) {
        boolean leaderLives = raft.leads()
                || heardLeader
                        && now - heardLeaderNanos < timing.electionTimeout().toNanos();
        if (request.term() < raft.currentTerm() || leaderLives) {
            answer(from, request, false);
            return;
        }
        boolean upToDate = request.lastTerm() > raft.lastTerm()
                || request.lastTerm() == raft.lastTerm() && request.lastIndex() >= raft.lastAppended();
        if (request.trial()) {
            answer(from, request, upToDate && request.term() > raft.currentTerm());
            return;
        }
        raft.currentTerm(request.term());
        Address vote = raft.votedFor();
        boolean free = vote == null || vote.equals(from);
        boolean grant = upToDate && free && raft.leader() == null;
        if (grant) {
            candidateTerm = 0;
            trialTerm = 0;
            if (vote == null) {
                raft.votedFor(from); // durable before it is told
            }
            waitAgain(now);
        }
        answer(from, request, grant);
    }

    private void answer(Address to, VoteRequest request, boolean grant) {
        raft.tell(to, new VoteAnswer(raft.currentTerm(), request.term(), request.trial(), grant));
    }

    /** Only answers to the very round that is going on count. */
    void answered(Address from, VoteAnswer answer, long now) {
        long round = answer.trial() ? trialTerm : candidateTerm;
        if (round == 0 || answer.round() != round || !answer.granted() || raft.leads()) {
            return;
        }
        if (!answer.trial() && (answer.term() != round || raft.currentTerm() != round)) {
            return;
        }
        count(StrictRaft.raftId(from), now);
    }

    private void count(String voter, long now) {
        if (!raft.members().contains(voter)) {
            return;
        }
        granted.add(voter);
        if (granted.size() < raft.majority()) {
            return;
        }
        if (trialTerm != 0) {
            if (trialTerm == raft.currentTerm() + 1) {
                beginTerm(now);
            } else {
                trialTerm = 0;
            }
        } else if (candidateTerm == raft.currentTerm()) {
            candidateTerm = 0;
            raft.setLeaderAndTerm(raft.localAddress(), raft.currentTerm());
        }
    }

    private long spread() {
        return random.nextLong(Math.max(1, timing.electionSpread().toNanos()));
    }
}
