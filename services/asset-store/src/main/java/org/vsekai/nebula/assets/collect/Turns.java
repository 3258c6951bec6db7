package org.vsekai.nebula.assets.collect;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.intent.Intents;
import org.vsekai.nebula.kit.intent.WriteIntent;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.NodeLease;

/**
 * One run at a time works on the store, in the whole system: the one whose instance holds the claim {@value #CLAIM} of the
 * ledger. Each of its transactions carries a fencing token, so that an instance which lost the claim and does not know it can
 * condemn nothing. Blocking.
 */
@ApplicationScoped
class Turns {
    static final String CLAIM = "collection";

    private static final Duration LEASE_PATIENCE = Duration.ofSeconds(10);
    private static final Duration WAIT = Duration.ofMinutes(2);

    private final NodeLease lease;
    private final Fences fences;
    private final Intents intents;
    private final Collecting collecting;

    Turns(NodeLease lease, Fences fences, Intents intents, Collecting collecting) {
        this.lease = lease;
        this.fences = fences;
        this.intents = intents;
        this.collecting = collecting;
    }

    /** Empty if it is another instance's turn. Fails if the ledger does not answer. */
    Optional<Turn> take(Run run) {
        long held = await(lease.token(LEASE_PATIENCE));
        if (!(await(lease.claim(CLAIM)) instanceof ClaimAnswer.Claimed claimed)) {
            return Optional.empty();
        }
        await(fences.prepare(CLAIM));
        Optional<WriteIntent> intent = run.deleteGarbage()
                ? Optional.of(await(intents.begin(collecting, UUID.randomUUID(), Collecting.covers(run))))
                : Optional.empty();
        return Optional.of(new Turn(claimed.token(), intent, lease.timeToLive(), () -> lease.remaining(held)));
    }

    /** The run has come to its end, or is to be carried on by whoever takes the next turn. */
    void giveBack(Turn turn) {
        turn.intent().ifPresent(intent -> await(intents.settle(intent, collecting)));
        Boolean unused = await(lease.release(CLAIM, turn.claim()));
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(WAIT);
    }
}
