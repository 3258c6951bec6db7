package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.ledger.Ports;
import org.vsekai.nebula.ledger.log.LogOptions;

/** Members in processes of their own that are killed and paused, and one that was away for long. */
class FailoverIT {
    private static final List<String> IDS = List.of("a", "b", "c");

    /** A paused member finds back by a merge of views, which on a busy machine takes several rounds of JGroups'. */
    private static final Duration REJOIN_PATIENCE = Duration.ofSeconds(90);

    /** Long enough for the others to miss it, close its connections and look for it again; who waits for it waits as long. */
    private static final Duration PAUSE = Duration.ofSeconds(12);

    /** What a busy machine adds to a deadline; a call that hangs takes far longer. */
    private static final Duration NOISE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void afterTheLeaderIsKilledAnotherCommitsSoonAndNothingIsLost() throws Exception {
        List<Long> times = new ArrayList<>();
        try (Processes members = new Processes(folder)) {
            for (int round = 0; round < 5; round++) {
                int leader = members.leader();
                members.add(leader, 10);
                long killed = System.nanoTime();
                members.members[leader].kill();
                long sum = members.addUntilCommitted((leader + 1) % 3);
                times.add(Duration.ofNanos(System.nanoTime() - killed).toMillis());
                members.restart(leader);
                assertThat(members.sumBehindBarrier(leader)).isEqualTo(sum);
            }
        }
        times.sort(null);
        System.out.println("from SIGKILL of the leader to the next committed write, milliseconds: " + times);
    }

    @Test
    void aPausedLeaderIsReplacedAndFollowsWhenItGoesOn() throws Exception {
        try (Processes members = new Processes(folder)) {
            int leader = members.leader();
            members.add(leader, 10);
            members.members[leader].signal("STOP");
            long sum = members.addUntilCommitted((leader + 1) % 3);
            members.members[leader].signal("CONT");
            assertThat(members.sumBehindBarrier(leader)).isEqualTo(sum);
        }
    }

    /** Its system takes connections and answers none, so whoever begins a TLS session with it waits. */
    @Test
    void aPausedFollowerHoldsNobodyUpUnderTlsAndFollowsWhenItGoesOn() throws Exception {
        try (Processes members = new Processes(folder, Optional.of(Authority.in(folder, "own")))) {
            int leader = members.leader();
            members.add(leader, 10);
            int paused = (leader + 1) % 3;
            int other = 3 - leader - paused;
            members.members[paused].signal("STOP");
            long longest = 0;
            long until = System.nanoTime() + PAUSE.toNanos();
            long sum = 0;
            while (System.nanoTime() - until < 0) {
                long began = System.nanoTime();
                sum = members.addUntilCommitted(other);
                longest = Math.max(longest, System.nanoTime() - began);
            }
            System.out.println("longest time to a committed write, one follower paused, milliseconds: "
                    + Duration.ofNanos(longest).toMillis());
            members.members[paused].signal("CONT");
            assertThat(Duration.ofNanos(longest))
                    .isLessThan(PAUSE.multipliedBy(3).dividedBy(4));
            assertThat(members.sumBehindBarrier(paused)).isEqualTo(sum);
        }
    }

    @Test
    void aMemberThatWasAwayForAHundredThousandEntriesCatchesUp() {
        try (Trio trio = Trio.started(folder, config -> config.withLog(
                        LogOptions.DEFAULT.withSegmentBytes(1 << 20).withFsync(false))
                .withSnapshotBytes(2 << 20))) {
            String away = trio.follower().status().id();
            trio.stop(away);
            long commands = 0;
            while (trio.leader().status().lastIndex() < 100_000) {
                trio.add(4);
                commands += 4;
            }
            long began = System.nanoTime();
            Member back = trio.start(away);
            String leader = trio.leader().status().id();
            trio.awaitBarrier(leader);
            trio.awaitBarrier(away);
            System.out.printf(
                    "caught up with %d entries in %d ms%n",
                    back.status().lastIndex(),
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
            assertThat(trio.machine(away).sum())
                    .isGreaterThanOrEqualTo(commands)
                    .isEqualTo(trio.machine(leader).sum());
        }
    }

    private static final class Processes implements AutoCloseable {
        final MemberProcess[] members = new MemberProcess[IDS.size()];
        private final Path folder;
        private final List<Integer> ports;
        private final Optional<MemberConfig.Tls> tls;

        Processes(Path folder) throws IOException {
            this(folder, Optional.empty());
        }

        Processes(Path folder, Optional<MemberConfig.Tls> tls) throws IOException {
            this.folder = folder;
            this.tls = tls;
            this.ports = Ports.free(IDS.size());
            for (int i = 0; i < members.length; i++) {
                members[i] = begin(i);
            }
            for (MemberProcess member : members) {
                member.awaitStart();
            }
        }

        private MemberProcess begin(int i) throws IOException {
            return new MemberProcess(folder, IDS.get(i), IDS, ports, ports.get(i), tls);
        }

        void restart(int i) throws Exception {
            members[i].close();
            members[i] = begin(i);
            members[i].awaitStart();
        }

        int leader() throws IOException {
            long giveUp = System.nanoTime() + Trio.PATIENCE.toNanos();
            while (System.nanoTime() < giveUp) {
                int leader = IDS.indexOf(members[0].ask("status").split(" ")[1]);
                if (leader >= 0) {
                    return leader;
                }
                LockSupport.parkNanos(5_000_000);
            }
            throw new AssertionError("no leader");
        }

        void add(int member, int times) throws IOException {
            for (int i = 0; i < times; i++) {
                addUntilCommitted(member);
            }
        }

        /**
         * Each call must end by its own deadline, whatever has become of the leader. What ended with an unknown outcome may count
         * besides, before the sum that is answered.
         */
        long addUntilCommitted(int member) throws IOException {
            long giveUp = System.nanoTime() + Trio.PATIENCE.toNanos();
            while (System.nanoTime() < giveUp) {
                long began = System.nanoTime();
                String answer = members[member].ask("add 1");
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MemberProcess.TIMEOUT.plus(NOISE));
                if (answer.startsWith("sum ")) {
                    return Long.parseLong(answer.substring(4));
                }
                LockSupport.parkNanos(5_000_000);
            }
            throw new AssertionError("nothing was committed");
        }

        long sumBehindBarrier(int member) throws IOException {
            long giveUp = System.nanoTime() + REJOIN_PATIENCE.toNanos();
            while (System.nanoTime() < giveUp) {
                String answer = members[member].ask("barrier");
                if (answer.startsWith("sum ")) {
                    return Long.parseLong(answer.substring(4));
                }
                LockSupport.parkNanos(5_000_000);
            }
            throw new AssertionError("no barrier was passed");
        }

        @Override
        public void close() throws InterruptedException {
            for (MemberProcess member : members) {
                member.close();
            }
        }
    }
}
