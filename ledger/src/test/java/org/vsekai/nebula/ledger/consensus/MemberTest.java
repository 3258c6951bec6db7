package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.ledger.consensus.AddingMachine.add;
import static org.vsekai.nebula.ledger.consensus.AddingMachine.sum;
import static org.vsekai.nebula.ledger.consensus.Trio.eventually;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members in one process, over loopback TCP, with their logs on disk. */
class MemberTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void everyMemberTakesProposalsAndAllApplyThem() {
        try (Trio trio = Trio.started(folder)) {
            assertThat(sum(trio.leader().propose(add(5), LONG).join())).isEqualTo(5);
            assertThat(sum(trio.follower().propose(add(2), LONG).join())).isEqualTo(7);
            for (String id : List.of("a", "b", "c")) {
                trio.member(id).barrier(LONG).join();
                assertThat(trio.machine(id).sum()).as(id).isEqualTo(7);
            }
        }
    }

    @Test
    void eachOfManyConcurrentCommandsCountsOnceAndHasItsOwnResult() {
        try (Trio trio = Trio.started(folder)) {
            Member leader = trio.leader();
            Member follower = trio.follower();
            List<CompletableFuture<byte[]>> calls = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                calls.add((i % 3 == 0 ? follower : leader).propose(add(1), LONG));
            }
            Set<Long> results = calls.stream().map(call -> sum(call.join())).collect(Collectors.toSet());
            assertThat(results).hasSize(2_000).contains(1L, 2_000L);
        }
    }

    @Test
    void withoutMajorityNothingIsAnsweredButEverythingEndsInTime() {
        try (Trio trio = Trio.started(folder)) {
            Member leader = trio.leader();
            leader.propose(add(1), LONG).join();
            String id = leader.status().id();
            List.of("a", "b", "c").stream().filter(other -> !other.equals(id)).forEach(trio::stop);
            eventually(() -> !Trio.leads(trio.member(id)));
            assertThatThrownBy(() -> trio.member(id).propose(add(1), LONG).join())
                    .hasCauseInstanceOf(NotProposedException.class);
            assertThatThrownBy(() -> trio.member(id).barrier(LONG).join())
                    .hasCauseInstanceOf(NotProposedException.class);
        }
    }

    @Test
    void anotherMemberLeadsAfterTheLeaderLeft() {
        try (Trio trio = Trio.started(folder)) {
            Member leader = trio.leader();
            leader.propose(add(3), LONG).join();
            long term = leader.status().term();
            trio.stop(leader.status().id());
            Member next = trio.leader();
            assertThat(next.status().term()).isGreaterThan(term);
            assertThat(sum(next.propose(add(4), LONG).join())).isEqualTo(7);
        }
    }

    @Test
    void aRestartOfAllLosesNothing() {
        try (Trio trio = Trio.started(folder)) {
            trio.leader().propose(add(11), LONG).join();
            List.of("a", "b", "c").forEach(trio::stop);
            trio.startAll();
            assertThat(sum(trio.leader().propose(add(1), LONG).join())).isEqualTo(12);
        }
    }
}
