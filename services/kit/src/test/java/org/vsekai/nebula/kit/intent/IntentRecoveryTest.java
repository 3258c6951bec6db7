package org.vsekai.nebula.kit.intent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.ledger.FinishAnswer;
import org.vsekai.nebula.kit.ledger.IntentFilter;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.testing.ScriptedLedger;

/** The claim of recovery is not kept by a process that does not recover. */
class IntentRecoveryTest {
    private static final Throwable OPEN = new IllegalStateException("no answer in time");

    private final List<LedgerIntent> pending = new ArrayList<>();
    private final List<UUID> committed = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private final ScriptedLease lease = new ScriptedLease();
    private long nanos;
    private final ScriptedLedger ledger = new ScriptedLedger() {
        @Override
        public Uni<Page<LedgerIntent>> intents(IntentFilter filter, PageRequest page, ReadConsistency consistency) {
            String kind = filter.kind().orElseThrow();
            if (unreadable.contains(kind)) {
                return Uni.createFrom().failure(() -> new IllegalStateException("cannot be read"));
            }
            return Uni.createFrom()
                    .item(new Page<>(
                            pending.stream()
                                    .filter(intent -> intent.kind().equals(kind))
                                    .toList(),
                            null));
        }

        @Override
        public Uni<FinishAnswer> commitIntent(UUID requestId, UUID id, long token) {
            pending.removeIf(intent -> intent.id().equals(id));
            committed.add(id);
            return Uni.createFrom().item(new FinishAnswer.Finished(true));
        }
    };
    private final IntentRecovery recovery = new IntentRecovery(
            List.of(new ScriptedResolver("publish"), new ScriptedResolver("delete")),
            new Intents(ledger, lease, new SimpleMeterRegistry(), new ScriptedConfig()),
            ledger,
            lease,
            new ScriptedConfig(),
            () -> nanos);

    private UUID orphan(String kind) {
        UUID id = UUID.randomUUID();
        pending.add(new LedgerIntent(
                id,
                5,
                kind,
                "node/dead/1",
                "node/dead/1",
                4,
                List.of(),
                LedgerIntent.State.PENDING,
                "",
                Instant.EPOCH,
                Optional.empty(),
                true));
        return id;
    }

    private List<String> round() {
        lease.calls.clear();
        Void unused = recovery.recoverAll().await().atMost(Duration.ofSeconds(10));
        return List.copyOf(lease.calls);
    }

    @Test
    void claimIsHeldForARoundAndNotAskedForWhileThereIsNothingToDo() {
        UUID id = orphan("publish");
        assertThat(round()).containsExactly("claim 101", "release 101");
        assertThat(committed).containsExactly(id);
        assertThat(round()).isEmpty();
    }

    @Test
    void claimWhoseReleaseFailedIsGivenBackInTheNextRound() {
        orphan("publish");
        lease.releaseFailure = Optional.of(OPEN);
        assertThat(round()).containsExactly("claim 101", "release 101");
        assertThat(round()).containsExactly("claim 102", "release 102");
        assertThat(round()).isEmpty();
    }

    @Test
    void claimThatWasNotAnsweredIsGivenBackUntilItCannotComeAnyMore() {
        orphan("publish");
        lease.claimFailure = Optional.of(OPEN);
        assertThat(round()).containsExactly("claim 101");
        pending.clear();
        // It may be carried out after this.
        assertThat(round()).containsExactly("claim 102", "release 102");
        assertThat(round()).containsExactly("claim 103", "release 103");
        nanos += Duration.ofSeconds(60).toNanos();
        assertThat(round()).containsExactly("claim 104", "release 104");
        assertThat(round()).isEmpty();
    }

    @Test
    void kindThatCannotBeRecoveredDoesNotStopTheOthers() {
        unreadable.add("publish");
        UUID id = orphan("delete");
        assertThat(round()).containsExactly("claim 101", "release 101");
        assertThat(committed).containsExactly(id);
    }

    @Test
    void releaseThatFailedDoesNotStopTheOtherKinds() {
        UUID one = orphan("publish");
        UUID other = orphan("delete");
        lease.releaseFailure = Optional.of(OPEN);
        assertThat(round()).containsExactly("claim 101", "release 101", "claim 102", "release 102");
        assertThat(committed).containsExactly(one, other);
    }
}
