package org.vsekai.nebula.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A write that touches more than one store, announced before it begins. A pending one stays until it is finished by its
 * writer while the writer's lease lives, or by recovery after that; a finished one is kept for a while, for people and for
 * those who ask late, and then dropped.
 *
 * @param token the intent's own; larger than every token given before
 * @param lease name of its writer's lease
 * @param leaseToken which of the leases of that name
 * @param covers what the write touches
 * @param reason why it was aborted; empty unless it was
 * @param begunAt by the clock of the leader of the day, for people to read
 * @param finishedAt likewise; empty while pending
 */
public record Intent(
        UUID id,
        long token,
        String kind,
        String writer,
        String lease,
        long leaseToken,
        List<String> covers,
        State state,
        Optional<String> reason,
        Instant begunAt,
        Optional<Instant> finishedAt) {

    /** The resource whose claim allows to finish what dead writers left. */
    public static final String RECOVERY = "intent-recovery";

    /** Where an intent stands; from {@code PENDING} it goes to one of the others and stays there. */
    public enum State {
        PENDING,
        COMMITTED,
        ABORTED
    }

    public Intent {
        Rules.token("token", token);
        Rules.name("kind", kind);
        Rules.name("writer", writer);
        Rules.name("lease", lease);
        Rules.token("leaseToken", leaseToken);
        covers = Rules.covers(covers);
        reason.ifPresent(text -> Rules.text("reason", text));
        if ((state == State.ABORTED) != reason.isPresent() || (state == State.PENDING) == finishedAt.isPresent()) {
            throw new InvalidCommandException("state", state + " does not go with reason and finishedAt");
        }
    }
}
