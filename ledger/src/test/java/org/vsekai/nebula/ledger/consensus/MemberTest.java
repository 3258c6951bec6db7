package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.ledger.consensus.AddingMachine.add;
import static org.vsekai.nebula.ledger.consensus.AddingMachine.sum;
import static org.vsekai.nebula.ledger.consensus.Trio.eventually;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.ledger.log.LogOptions;

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
            Set<Long> seen = new HashSet<>();
            eventually(() -> {
                Member leader = trio.leader();
                Member follower = trio.follower();
                List<CompletableFuture<byte[]>> calls = new ArrayList<>();
                for (int i = 0; i < 2_000; i++) {
                    calls.add((i % 3 == 0 ? follower : leader).propose(add(1), LONG));
                }
                List<Long> results = calls.stream()
                        .map(call -> call.handle((result, failure) -> failure == null ? sum(result) : 0L)
                                .join())
                        .filter(result -> result > 0)
                        .toList();
                seen.addAll(results);
                assertThat(results).doesNotHaveDuplicates();
                return results.size() == 2_000; // otherwise the leader changed, and what was under way is unknown
            });
            assertThat(seen).contains(1L).hasSizeGreaterThanOrEqualTo(2_000);
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

    @Test
    void aMemberThatWasAwayCatchesUpFromASnapshot() {
        try (Trio trio = Trio.started(folder, config -> config.withLog(LogOptions.DEFAULT.withSegmentBytes(1 << 17))
                .withSnapshotBytes(100_000))) {
            trio.leader();
            String away = trio.follower().status().id();
            trio.stop(away);
            for (int round = 0; round < 20; round++) {
                trio.add(1_000);
            }
            String leader = trio.leader().status().id();
            assertThat(trio.member(leader).status().snapshotIndex()).isPositive();
            trio.start(away);
            trio.awaitBarrier(leader);
            trio.awaitBarrier(away);
            assertThat(trio.machine(away).sum())
                    .isGreaterThanOrEqualTo(20_000)
                    .isEqualTo(trio.machine(leader).sum());
            assertThat(trio.machine(away).commands())
                    .isEqualTo(trio.machine(away).sum());
        }
    }

    @Test
    void aLearnerBecomesAVoterAndTakesAnothersPlace() {
        try (Trio trio = Trio.started(folder)) {
            Member leader = trio.leader();
            leader.propose(add(1), LONG).join();
            Member learner = trio.start("d");
            eventually(() -> learner.status().leader().isPresent());
            assertThat(learner.status().role()).isEqualTo(MemberStatus.Role.LEARNER);
            learner.addMember("d").join();
            eventually(() ->
                    trio.running().allMatch(member -> member.status().members().contains("d")));
            String removed = trio.follower().status().id();
            if (removed.equals("d")) {
                removed = trio.running()
                        .map(member -> member.status().id())
                        .filter(id ->
                                !id.equals("d") && !id.equals(leader.status().id()))
                        .findFirst()
                        .orElseThrow();
            }
            String gone = removed;
            leader.removeMember(gone).join();
            trio.stop(gone);
            eventually(() -> trio.running()
                    .allMatch(member -> member.status().members().size() == 3
                            && !member.status().members().contains(gone)));
            trio.stop(trio.leader().status().id());
            assertThat(sum(trio.leader().propose(add(1), LONG).join())).isEqualTo(2);
        }
    }

    @Test
    void aMemberThatIsNotThereIsNotAdded() {
        try (Trio trio = Trio.started(folder)) {
            CompletableFuture<Void> addition = trio.leader().addMember("x");
            assertThat(trio.leader().addMember("y"))
                    .failsWithin(LONG)
                    .withThrowableThat()
                    .withCauseInstanceOf(NotProposedException.class);
            assertThat(sum(trio.leader().propose(add(1), LONG).join())).isEqualTo(1);
            assertThat(addition).isNotDone();
        }
    }

    @Test
    void whatIsDueComesWithoutTraffic() {
        try (Trio trio = Trio.started(folder)) {
            Member leader = trio.leader();
            leader.propose(add(1), LONG).join();
            AddingMachine machine = trio.machine(leader.status().id());
            long due = machine.ledgerMillis() + 300;
            machine.dueAt(due);
            eventually(() -> machine.ledgerMillis() >= due);
            leader.barrier(LONG).join();
            assertThat(machine.commands()).isEqualTo(1);
        }
    }

    @Test
    void aLeaderWhoseLogFailsHaltsAndAnotherLeads() {
        try (Trio trio = Trio.started(folder)) {
            Member leader = trio.leader();
            leader.propose(add(1), LONG).join();
            leader.failLog();
            assertThat(leader.propose(add(1), LONG)).failsWithin(LONG);
            eventually(leader::halted);
            eventually(() -> leader.status().role() == MemberStatus.Role.HALTED);
            assertThat(leader.status().failure()).isPresent();
            Trio.eventually(
                    () -> trio.running().filter(member -> member != leader).anyMatch(Trio::leads));
            Member next = trio.running().filter(Trio::leads).findFirst().orElseThrow();
            assertThat(sum(next.propose(add(1), LONG).join())).isIn(2L, 3L);
        }
    }

    @Test
    void whatIsUnderWayEndsWhenTheMemberCloses() {
        try (Trio trio = Trio.started(folder)) {
            Member leader = trio.leader();
            List<CompletableFuture<?>> calls = new ArrayList<>();
            CompletableFuture<Void> closing = null;
            for (int i = 0; i < 3_000; i++) {
                calls.add(leader.propose(add(1), LONG));
                if (i % 100 == 0) {
                    calls.add(leader.barrier(LONG));
                    calls.add(leader.snapshot());
                }
                if (i == 1_000) {
                    closing = CompletableFuture.runAsync(leader::close);
                }
            }
            assertThat(closing).succeedsWithin(Trio.PATIENCE);
            // Their own timers went with the member, so whoever was forgotten would wait for ever.
            eventually(() -> calls.stream().allMatch(CompletableFuture::isDone));
        }
    }

    @Test
    void aMemberWhoseIdIsInUseWaitsUntilTheOtherIsGone() {
        try (Trio trio = Trio.started(folder)) {
            String id = trio.follower().status().id();
            trio.leader().propose(add(1), LONG).join();
            AddingMachine machine = new AddingMachine();
            CompletableFuture<Member> second = CompletableFuture.supplyAsync(() -> {
                try {
                    return Member.start(trio.anotherConfig(id, folder.resolve("second")), machine);
                } catch (MemberStartException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(second).failsWithin(Duration.ofMillis(1_500)); // it is refused, and tries again
            assertThat(second).isNotDone();
            trio.stop(id);
            try (Member joined = second.join()) {
                eventually(() -> joined.status().leader().isPresent());
                joined.barrier(LONG).join();
                assertThat(machine.commands()).isEqualTo(1);
            }
        }
    }
}
