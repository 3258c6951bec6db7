package org.vsekai.nebula.kit.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A write to more than one store, as it was announced.
 *
 * @param token the intent's fencing token
 * @param kind what is done, for example {@code publish}
 * @param writer which process does it, for people
 * @param lease name of the writer's lease
 * @param leaseToken which of the leases of that name
 * @param covers what it touches
 * @param reason why it was aborted; empty unless it was
 * @param begunAt by the clock of the leader of that moment, for people
 * @param finishedAt likewise; empty while pending
 * @param orphaned whether it is pending and its writer's lease was gone when it was read; always false in a watch
 */
public record LedgerIntent(
        UUID id,
        long token,
        String kind,
        String writer,
        String lease,
        long leaseToken,
        List<String> covers,
        State state,
        String reason,
        Instant begunAt,
        Optional<Instant> finishedAt,
        boolean orphaned) {
    /** The resource whose claim allows to finish what dead writers left. */
    public static final String RECOVERY = "intent-recovery";

    /** Goes from PENDING to one of the others and stays there. */
    public enum State {
        PENDING,
        COMMITTED,
        ABORTED
    }

    public LedgerIntent {
        covers = List.copyOf(covers);
    }
}
