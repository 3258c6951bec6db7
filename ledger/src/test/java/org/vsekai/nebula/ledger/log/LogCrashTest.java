package org.vsekai.nebula.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.vsekai.nebula.ledger.log.LogFixtures.bytes;
import static org.vsekai.nebula.ledger.log.LogFixtures.contents;
import static org.vsekai.nebula.ledger.log.LogFixtures.copy;
import static org.vsekai.nebula.ledger.log.LogFixtures.entries;
import static org.vsekai.nebula.ledger.log.LogFixtures.entry;
import static org.vsekai.nebula.ledger.log.LogFixtures.remove;
import static org.vsekai.nebula.ledger.log.LogFixtures.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A crash, or a failing disk, at every step of every operation: the log is as before the operation or as after it. */
class LogCrashTest {
    private static final LogOptions OPTIONS = new LogOptions(4096, 2048, 1 << 20, 0, true);
    private static final Address CANDIDATE = new ExtendedUUID(1, 2);

    @TempDir
    Path temp;

    private enum Operation {
        BEGIN(log -> {}),
        APPEND(log -> log.append(31, entries(entry(2, "thirty-one"), entry(2, "thirty-two")))),
        APPEND_OVER_SEGMENTS(log -> log.append(
                31, entries(entry(2, "a".repeat(1500)), entry(2, "b".repeat(1500)), entry(2, "c".repeat(1500))))),
        VOTE(log -> log.currentTerm(9).votedFor(CANDIDATE)),
        REMOVE_ENTRIES(log -> log.deleteAllEntriesStartingFrom(12)),
        REMOVE_WHOLE_SEGMENT(LogCrashTest::removeNewestSegment),
        SNAPSHOT(log -> log.installSnapshot(25, 2, bytes("state at 25"))),
        SNAPSHOT_OF_THE_LEADER(log -> log.installSnapshot(100, 7, bytes("state at 100")));

        private final Consumer<SegmentedLog> work;

        Operation(Consumer<SegmentedLog> work) {
            this.work = work;
        }
    }

    /** Removes exactly the entries of the newest segment. */
    private static void removeNewestSegment(SegmentedLog log) {
        try (Stream<Path> files = Files.list(log.path())) {
            String newest = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("segment-"))
                    .sorted()
                    .toList()
                    .getLast();
            log.deleteAllEntriesStartingFrom(Long.parseLong(newest.substring("segment-".length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Thirty entries in several segments, a vote, a snapshot at 5, committed up to 10. */
    private void prepare(Path folder) {
        try (SegmentedLog log = SegmentedLog.open(folder, OPTIONS.withFsync(false))) {
            log.currentTerm(2);
            log.votedFor(new ExtendedUUID(3, 4));
            for (int i = 1; i <= 30; i++) {
                log.append(i, entries(entry(2, "command " + i + "x".repeat(300))));
                if (i == 10) {
                    log.commitIndex(10);
                    log.installSnapshot(5, 2, bytes("state at 5"));
                }
            }
        }
    }

    private static List<String> describe(SegmentedLog log) {
        List<String> facts = new ArrayList<>();
        facts.add("term %d vote %s snapshot %s %s"
                .formatted(
                        log.currentTerm(),
                        log.votedFor(),
                        log.snapshotInfo(),
                        log.getSnapshot() == null ? "none" : text(log.getSnapshot())));
        facts.addAll(contents(log, log.firstAppended() + 1));
        return facts;
    }

    private static List<String> describe(Path folder) {
        try (SegmentedLog log = SegmentedLog.open(folder, OPTIONS.withFsync(false))) {
            return describe(log);
        }
    }

    /** Steps between before and after that are right as well: a term without its vote, a beginning of an append. */
    private static boolean isBetween(List<String> found, List<String> before, List<String> after, Operation operation) {
        return switch (operation) {
            case APPEND, APPEND_OVER_SEGMENTS ->
                found.size() >= before.size()
                        && found.size() <= after.size()
                        && found.equals(after.subList(0, found.size()));
            case VOTE ->
                found.getFirst().startsWith("term 9 vote null")
                        && found.subList(1, found.size()).equals(before.subList(1, before.size()));
            case SNAPSHOT_OF_THE_LEADER ->
                // Its term comes first, durably.
                found.getFirst().startsWith("term 7 vote null")
                        && found.subList(1, found.size()).equals(before.subList(1, before.size()));
            default -> false;
        };
    }

    private void assertBeforeOrAfter(List<String> found, List<String> before, List<String> after, Operation operation) {
        if (!isBetween(found, before, after, operation)) {
            assertThat(found).isIn(before, after);
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void survivesACrashAtEveryStepAndAnotherWhileRecovering(Operation operation) throws IOException {
        Path folder = temp.resolve("log");
        if (operation != Operation.BEGIN) {
            prepare(folder);
        } else {
            Files.createDirectory(folder);
        }
        List<String> before = operation == Operation.BEGIN ? List.of() : describe(folder);
        Path copies = temp.resolve("copies");
        CrashingDisk disk = new CrashingDisk(folder, copies);
        List<String> after;
        try (SegmentedLog log = SegmentedLog.open(folder, OPTIONS, disk)) {
            operation.work.accept(log);
            after = describe(log);
        }
        disk.take();
        assertThat(describe(folder)).isEqualTo(after);
        List<String> earlier = operation == Operation.BEGIN ? after : before;
        int crashes = 0;
        for (Path copy : list(copies)) {
            Path again = temp.resolve("again");
            Path recovering = temp.resolve("recovering");
            copy(copy, recovering);
            CrashingDisk second = new CrashingDisk(recovering, again);
            List<String> recovered;
            try (SegmentedLog log = SegmentedLog.open(recovering, OPTIONS, second)) {
                recovered = describe(log);
            }
            assertBeforeOrAfter(recovered, earlier, after, operation);
            for (Path twice : list(again)) {
                assertThat(describe(twice)).isEqualTo(recovered);
                crashes++;
                remove(twice);
            }
            crashes++;
            remove(copy);
            remove(recovering);
            Files.deleteIfExists(again);
        }
        assertThat(crashes).isGreaterThan(3);
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void refusesEverythingOnceTheDiskFailedAtAnyStep(Operation operation) {
        int steps = Integer.MAX_VALUE;
        for (int failing = 1; failing <= steps; failing++) {
            Path folder = temp.resolve("log-" + failing);
            if (operation != Operation.BEGIN) {
                prepare(folder);
            }
            List<String> before = operation == Operation.BEGIN ? List.of() : describe(folder);
            CrashingDisk disk = new CrashingDisk(folder, temp, failing);
            List<RuntimeException> told = new ArrayList<>();
            List<String> after = List.of();
            Throwable thrown = null;
            if (operation == Operation.BEGIN) {
                thrown = catchThrowable(
                        () -> SegmentedLog.open(folder, OPTIONS, disk).close());
            } else {
                try (SegmentedLog log = SegmentedLog.open(folder, OPTIONS, disk)) {
                    log.onFailure(told::add);
                    thrown = catchThrowable(() -> operation.work.accept(log));
                    if (thrown == null) {
                        after = describe(log);
                    } else {
                        assertThat(log.failure()).contains((RuntimeException) thrown);
                        assertThat(told).containsExactly((RuntimeException) thrown);
                        for (Consumer<SegmentedLog> write : WRITES) {
                            assertThatThrownBy(() -> write.accept(log)).isSameAs(thrown);
                        }
                    }
                }
            }
            if (thrown == null) {
                assertThat(failing).isGreaterThan(disk.steps());
                steps = disk.steps();
                assertThat(steps).isGreaterThan(1);
                break;
            }
            assertThat(thrown).isInstanceOf(LogFailedException.class);
            List<String> reopened = describe(folder);
            if (operation != Operation.BEGIN) {
                Path whole = temp.resolve("whole-" + failing);
                prepare(whole);
                try (SegmentedLog log = SegmentedLog.open(whole, OPTIONS.withFsync(false))) {
                    operation.work.accept(log);
                    after = describe(log);
                }
                assertBeforeOrAfter(reopened, before, after, operation);
                remove(whole);
            }
            remove(folder);
        }
    }

    private static final Set<Consumer<SegmentedLog>> WRITES = Set.of(
            log -> log.append(log.lastAppended() + 1, entries(entry(9, "more"))),
            log -> log.currentTerm(50),
            log -> log.votedFor(CANDIDATE),
            log -> log.deleteAllEntriesStartingFrom(30),
            log -> log.installSnapshot(10, 2, bytes("state")),
            log -> log.setSnapshot(bytes("state")),
            log -> log.truncate(10));
}
