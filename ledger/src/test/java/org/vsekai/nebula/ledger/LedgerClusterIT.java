package org.vsekai.nebula.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members in JVMs of their own, killed and paused. */
@Timeout(150)
class LedgerClusterIT {
    /** Small, for a quick run; {@code -Dledger.entries-away=100000} for a long one. */
    private static final int ENTRIES_AWAY = Integer.getInteger("ledger.entries-away", 5_000);

    private static final int COMMANDS = 100_000;

    private static final int APPLIED = 4;
    private static final int SNAPSHOT = 5;

    @TempDir
    Path folder;

    @Test
    void noAddIsLostOrCountedTwiceWhileLeadersAreKilledAndPaused() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (LedgerCluster cluster = new LedgerCluster(folder, 3).start();
                Adders adders = new Adders(cluster, 6)) {
            for (int round = 0; round < 4; round++) {
                adders.awaitMore(100);
                int leader = cluster.leader();
                if (round % 2 == 0) {
                    cluster.member(leader).kill();
                    adders.awaitMore(100);
                    cluster.start(leader);
                } else {
                    cluster.member(leader).pause();
                    adders.awaitMore(100);
                    cluster.member(leader).resume();
                }
            }
            adders.awaitMore(100);
            adders.close();
            assertThat(adders.sums().sorted().toArray())
                    .as("seed %d, %s", seed, random)
                    .isEqualTo(LongStream.rangeClosed(1, adders.count()).toArray());
            String sum = cluster.askUntil(member -> member.ask("get", "c", 5_000), "ok ");
            assertThat(sum).isEqualTo("ok " + adders.count());
        }
    }

    @Test
    void nothingAnsweredIsLostWhenAllAreKilledAtOnce() throws Exception {
        try (LedgerCluster cluster = new LedgerCluster(folder, 3).start();
                Adders adders = new Adders(cluster, 6)) {
            for (int round = 0; round < 2; round++) {
                adders.awaitMore(200);
                Stream.of(0, 1, 2).parallel().forEach(i -> cluster.member(i).kill());
                cluster.start();
            }
            adders.awaitMore(50);
            adders.close();
            assertThat(adders.sums().sorted().toArray())
                    .isEqualTo(LongStream.rangeClosed(1, adders.count()).toArray());
        }
    }

    @Test
    void aMemberThatWasAwayCatchesUpByLogAndBySnapshotAndANewOneJoins() throws Exception {
        // One command an entry, so that entries are what is counted; small segments, so that a snapshot drops some.
        String[] options = {"-Dledger.without-fsync=true", "-Dledger.batch=1", "-Dledger.segment-bytes=262144"};
        try (LedgerCluster cluster = new LedgerCluster(folder, 3, options).start()) {
            int away = (cluster.leader() + 1) % 3;
            cluster.member(away).kill();
            flood(cluster, ENTRIES_AWAY);
            long missed = cluster.statusNumber(cluster.leader(), APPLIED);
            assertThat(missed).isGreaterThan(ENTRIES_AWAY);
            cluster.start(away);
            awaitApplied(cluster, away, missed);
            assertThat(cluster.member(away).ask("stale", "c")).isEqualTo("ok " + ENTRIES_AWAY);

            away = (cluster.leader() + 1) % 3;
            cluster.member(away).kill();
            flood(cluster, ENTRIES_AWAY);
            int leader = cluster.leader();
            // Both, as the other may lead by the time the third is back.
            assertThat(cluster.member(leader).ask("snapshot")).isEqualTo("ok");
            assertThat(cluster.member(3 - leader - away).ask("snapshot")).isEqualTo("ok");
            missed = cluster.statusNumber(leader, APPLIED);
            cluster.start(away);
            awaitApplied(cluster, away, missed);
            assertThat(cluster.member(away).ask("stale", "c")).isEqualTo("ok " + 2 * ENTRIES_AWAY);
            int caughtUp = away;
            // What is applied shows a moment before the snapshot that it came with is in the log.
            LedgerCluster.eventually("a snapshot", () -> cluster.statusNumber(caughtUp, SNAPSHOT) > 0);

            cluster.start(3);
            assertThat(cluster.askUntil(member -> member.ask("join", "d"), "ok"))
                    .isEqualTo("ok");
            awaitApplied(cluster, 3, missed);
            assertThat(cluster.member(3).ask("stale", "c")).isEqualTo("ok " + 2 * ENTRIES_AWAY);
            assertThat(cluster.member(3).ask("get", "c", 5_000)).isEqualTo("ok " + 2 * ENTRIES_AWAY);
        }
    }

    @Test
    void memoryHoldsTheWindowAndNothingElseThatGrows() throws Exception {
        try (LedgerCluster cluster = new LedgerCluster(
                        folder,
                        3,
                        "-Xmx128m",
                        "-Dledger.requests=2000000",
                        "-Dledger.snapshot-bytes=4194304",
                        "-Dledger.cache-bytes=65536")
                .start()) {
            flood(cluster, 2_000);
            long before = heap(cluster);
            flood(cluster, COMMANDS);
            long window = 80L * COMMANDS;
            assertThat(heap(cluster) - before).isLessThan(window + (8 << 20));
            assertThat(cluster.statusNumber(cluster.leader(), SNAPSHOT)).isPositive();
        }
    }

    @Test
    void aMemberWithAFlippedByteRefusesToStartAndTheOthersGoOn() throws Exception {
        try (LedgerCluster cluster = new LedgerCluster(folder, 3).start()) {
            flood(cluster, 500);
            int damaged = (cluster.leader() + 1) % 3;
            cluster.member(damaged).close();
            Path segment = only(cluster.place(damaged).folder(), "segment-");
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
                // In the first record's term: docs/ledger-format.md.
                file.seek(84);
                int was = file.read();
                file.seek(84);
                file.write(was ^ 0x10);
            }
            byte[] evidence = Files.readAllBytes(segment);
            LedgerProcess process = cluster.start(damaged);
            assertThat(process.awaitExit(Duration.ofSeconds(30))).isEqualTo(1);
            assertThat(process.log())
                    .contains("CorruptLogException", segment.getFileName().toString());
            assertThat(process.log()).containsPattern("(offset|byte) [0-9]+");
            assertThat(Files.readAllBytes(segment)).isEqualTo(evidence);
            flood(cluster, 100);
            assertThat(cluster.member(cluster.leader()).ask("get", "c", 5_000)).isEqualTo("ok 600");
        }
    }

    @Test
    void aCopyOfOneMembersFolderRestoresTheWholeLedger() throws Exception {
        Path backup = folder.resolve("backup");
        try (LedgerCluster cluster = new LedgerCluster(folder, 3).start()) {
            flood(cluster, 300);
            int copied = (cluster.leader() + 1) % 3;
            assertThat(cluster.member(copied).ask("get", "c", 5_000)).isEqualTo("ok 300");
            assertThat(cluster.member(copied).ask("snapshot")).isEqualTo("ok");
            cluster.member(copied).close();
            copy(cluster.place(copied).folder(), backup);
            cluster.start(copied);
            flood(cluster, 300);
            for (int i = 0; i < 3; i++) {
                cluster.member(i).kill();
                delete(cluster.place(i).folder());
                copy(backup, cluster.place(i).folder());
            }
            cluster.start();
            String restored = cluster.askUntil(member -> member.ask("get", "c", 5_000), "ok ");
            assertThat(Long.parseLong(restored.substring(3))).isBetween(300L, 600L);
            flood(cluster, 10);
        }
    }

    private static void flood(LedgerCluster cluster, int commands) {
        assertThat(cluster.member(cluster.leader()).ask("flood", "c", commands, 256))
                .isEqualTo("ok");
    }

    private static long heap(LedgerCluster cluster) {
        return Long.parseLong(cluster.member(cluster.leader()).ask("heap").substring(3));
    }

    private static void awaitApplied(LedgerCluster cluster, int member, long index) {
        LedgerCluster.eventually("entry " + index, () -> cluster.statusNumber(member, APPLIED) >= index);
    }

    private static Path only(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Threads that add 1 to one counter by way of changing members, each add with one id until it is answered. */
    private static final class Adders implements AutoCloseable {
        private final LedgerCluster cluster;
        private final Queue<Long> sums = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final List<Future<?>> running = new ArrayList<>();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        Adders(LedgerCluster cluster, int count) {
            this.cluster = cluster;
            for (int i = 0; i < count; i++) {
                int number = i;
                running.add(threads.submit(() -> add(new Random(number))));
            }
        }

        void awaitMore(int adds) {
            int wanted = sums.size() + adds;
            LedgerCluster.eventually(
                    "%d more adds".formatted(adds),
                    () -> sums.size() >= wanted || running.stream().anyMatch(Future::isDone));
            assertThat(sums.size()).isGreaterThanOrEqualTo(wanted);
        }

        LongStream sums() {
            return sums.stream().mapToLong(Long::longValue);
        }

        int count() {
            return sums.size();
        }

        @Override
        public void close() throws Exception {
            stop.set(true);
            for (Future<?> adder : running) {
                adder.get(100, TimeUnit.SECONDS);
            }
            threads.close();
        }

        private void add(Random random) {
            while (!stop.get()) {
                RequestId id = RequestId.random();
                String answer = "";
                long giveUp = System.nanoTime() + LedgerLimits.ATTEMPT.toNanos();
                while (!answer.startsWith("ok ")) {
                    if (System.nanoTime() - giveUp > 0) {
                        throw new AssertionError("an id may not be sent again any more: " + answer);
                    }
                    try {
                        answer = cluster.member(random.nextInt(cluster.size()))
                                .call("add", id, "c", 1, 2_000)
                                .orTimeout(3, TimeUnit.SECONDS)
                                .join();
                    } catch (CompletionException e) {
                        // Killed or paused: after a breath another member is asked, with the same id.
                        answer = "";
                        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                    }
                    if (answer.startsWith("refused") || answer.startsWith("failed")) {
                        throw new AssertionError(answer);
                    }
                }
                sums.add(Long.parseLong(answer.substring(3)));
            }
        }
    }
}
