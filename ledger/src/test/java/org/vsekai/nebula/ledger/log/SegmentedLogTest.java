package org.vsekai.nebula.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.ledger.log.LogFixtures.SMALL;
import static org.vsekai.nebula.ledger.log.LogFixtures.bytes;
import static org.vsekai.nebula.ledger.log.LogFixtures.contents;
import static org.vsekai.nebula.ledger.log.LogFixtures.describe;
import static org.vsekai.nebula.ledger.log.LogFixtures.entries;
import static org.vsekai.nebula.ledger.log.LogFixtures.entry;
import static org.vsekai.nebula.ledger.log.LogFixtures.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jgroups.Address;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentedLogTest {
    @TempDir
    Path folder;

    private SegmentedLog open() {
        return SegmentedLog.open(folder, SMALL);
    }

    @Test
    void beginsEmpty() {
        try (SegmentedLog log = open()) {
            assertThat(log.firstAppended()).isZero();
            assertThat(log.lastAppended()).isZero();
            assertThat(log.commitIndex()).isZero();
            assertThat(log.currentTerm()).isZero();
            assertThat(log.votedFor()).isNull();
            assertThat(log.get(0)).isNull();
            assertThat(log.get(1)).isNull();
            assertThat(log.getSnapshot()).isNull();
            assertThat(log.sizeInBytes()).isZero();
        }
        try (SegmentedLog log = open()) {
            assertThat(log.recovered()).isEmpty();
            assertThat(log.lastAppended()).isZero();
        }
    }

    @Test
    void keepsWhoVotesBeforeTheFirstChange() {
        try (SegmentedLog log = open()) {
            assertThat(log.firstVoters()).isEmpty();
            log.beginWith(List.of("a", "b", "ö"));
            assertThat(log.firstVoters()).contains(List.of("a", "b", "ö"));
            assertThatIllegalArgumentException().isThrownBy(() -> log.beginWith(List.of()));
        }
        try (SegmentedLog log = open()) {
            assertThat(log.firstVoters()).contains(List.of("a", "b", "ö"));
            log.beginWith(List.of("c"));
        }
        try (SegmentedLog log = open()) {
            assertThat(log.firstVoters()).contains(List.of("c"));
            assertThat(log.recovered()).isEmpty();
        }
    }

    @Test
    void makesTheNameOfEachFolderThatItCreatesDurable() {
        List<Path> synced = new ArrayList<>();
        Disk disk = new Disk() {
            @Override
            public void syncFolder(Path path) throws IOException {
                synced.add(path);
                Disk.super.syncFolder(path);
            }
        };
        Path deep = folder.resolve("data").resolve("ledger").resolve("a");
        LogOptions synchronous = new LogOptions(4096, 2048, 1 << 20, 0, true);
        SegmentedLog.open(deep, synchronous, disk).close();
        assertThat(synced.subList(0, 3))
                .containsExactly(
                        folder, folder.resolve("data"), folder.resolve("data").resolve("ledger"));
        synced.clear();
        SegmentedLog.open(deep, synchronous, disk).close();
        assertThat(synced).doesNotContain(folder);
    }

    @Test
    void isClosedAndUnlockedWhateverOfItCannotBeClosed() {
        AtomicBoolean full = new AtomicBoolean();
        Disk disk = new Disk() {
            @Override
            public FileChannel create(Path file) throws IOException {
                if (full.get()) {
                    throw new IOException("full");
                }
                return Disk.super.create(file);
            }
        };
        LogOptions large = LogOptions.DEFAULT.withSegmentBytes(1 << 20).withFsync(false);
        SegmentedLog log = SegmentedLog.open(folder, large, disk);
        full.set(true);
        log.append(
                1, entries(entry(1, "x".repeat(300_000)), entry(1, "y".repeat(300_000)))); // the next segment is begun
        assertThatThrownBy(log::close).isInstanceOf(LogFailedException.class);
        try (SegmentedLog again = SegmentedLog.open(folder, large)) {
            assertThat(again.lastAppended()).isEqualTo(2);
        }
    }

    @Test
    void writesAndReadsALargeSnapshotInSlices() {
        List<Integer> written = new ArrayList<>();
        Disk disk = new Disk() {
            @Override
            public void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
                written.add(bytes.remaining());
                Disk.super.write(channel, bytes, offset);
            }
        };
        byte[] content = new byte[(2 << 20) + 12_345];
        new Random(7).nextBytes(content);
        LogOptions options = new LogOptions(4096, 2048, 4 << 20, 0, false);
        try (SegmentedLog log = SegmentedLog.open(folder, options, disk)) {
            log.append(1, entries(entry(1, "x")));
            written.clear();
            log.installSnapshot(1, 1, ByteBuffer.wrap(content));
            assertThat(written).contains(12_345).allSatisfy(bytes -> assertThat(bytes)
                    .isLessThanOrEqualTo(1 << 20));
            assertThat(log.getSnapshot()).isEqualTo(ByteBuffer.wrap(content));
        }
        try (SegmentedLog log = SegmentedLog.open(folder, options)) {
            assertThat(log.getSnapshot()).isEqualTo(ByteBuffer.wrap(content));
        }
    }

    @Test
    void keepsWhatWasAppendedOverManySegments() {
        List<String> written;
        try (SegmentedLog log = open()) {
            for (int i = 1; i <= 40; i++) {
                log.append(
                        log.lastAppended() + 1, entries(entry(1 + i / 10, "a".repeat(i * 10)), internal(1 + i / 10)));
            }
            assertThat(log.lastAppended()).isEqualTo(80);
            assertThat(log.metrics().segments()).isGreaterThan(3);
            written = contents(log, 1);
        }
        try (SegmentedLog log = open()) {
            assertThat(log.recovered()).isEmpty();
            assertThat(contents(log, 1)).isEqualTo(written);
            assertThat(log.currentTerm()).isEqualTo(5);
        }
    }

    private static LogEntry internal(long term) {
        return entry(term, "").internal(true);
    }

    @Test
    void writesTheSliceOfACommandThatTheEntryMeans() {
        try (SegmentedLog log = open()) {
            log.append(1, entries(new LogEntry(1, "abcdef".getBytes(StandardCharsets.UTF_8), 2, 3)));
        }
        try (SegmentedLog log = open()) {
            assertThat(new String(log.get(1).command(), StandardCharsets.UTF_8)).isEqualTo("cde");
        }
    }

    @Test
    void writesOneAppendLargerThanASegmentInParts() {
        LogEntry[] many = new LogEntry[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = entry(3, "b".repeat(i));
        }
        try (SegmentedLog log = open()) {
            assertThat(log.append(1, entries(many))).isEqualTo(100);
        }
        try (SegmentedLog log = open()) {
            assertThat(log.lastAppended()).isEqualTo(100);
            assertThat(log.get(100).length()).isEqualTo(99);
        }
    }

    @Test
    void refusesWhatNoRaftLogMayHoldAndWritesNothingOfIt() {
        try (SegmentedLog log = open()) {
            log.append(1, entries(entry(2, "x")));
            assertThatIllegalArgumentException().isThrownBy(() -> log.append(3, entries(entry(2, "gap"))));
            assertThatIllegalArgumentException().isThrownBy(() -> log.append(1, entries(entry(2, "again"))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> log.append(2, entries(entry(2, "fine"), entry(1, "older"))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> log.append(2, entries(entry(2, "fine"), new LogEntry(2, null))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> log.append(2, entries(entry(2, "c".repeat(SMALL.entryBytes() + 1)))));
            assertThat(log.lastAppended()).isEqualTo(1);
            log.append(2, entries(entry(2, "next")));
            log.commitIndex(2);
            assertThatIllegalArgumentException().isThrownBy(() -> log.deleteAllEntriesStartingFrom(2));
            assertThatIllegalArgumentException().isThrownBy(() -> log.commitIndex(3));
        }
    }

    @Test
    void neverBringsBackWhatWasRemoved() {
        try (SegmentedLog log = open()) {
            for (int i = 1; i <= 60; i++) {
                log.append(i, entries(entry(1, "old " + i + "x".repeat(200))));
            }
            log.deleteAllEntriesStartingFrom(5);
            assertThat(log.lastAppended()).isEqualTo(4);
            assertThat(log.metrics().segments()).isEqualTo(1);
            assertThat(log.currentTerm()).isEqualTo(1);
        }
        try (SegmentedLog log = open()) {
            assertThat(log.recovered()).isEmpty();
            assertThat(log.lastAppended()).isEqualTo(4);
            // As long as what was there: an old record would begin exactly behind it.
            log.append(5, entries(entry(1, "old 5" + "x".repeat(200))));
        }
        try (SegmentedLog log = open()) {
            assertThat(log.lastAppended()).isEqualTo(5);
        }
    }

    @Test
    void removesFromTheFirstEntryOn() {
        try (SegmentedLog log = open()) {
            log.append(1, entries(entry(1, "a"), entry(2, "b")));
            log.deleteAllEntriesStartingFrom(1);
            assertThat(log.lastAppended()).isZero();
            log.append(1, entries(entry(2, "c")));
        }
        try (SegmentedLog log = open()) {
            assertThat(contents(log, 1)).containsExactly("1 2 63");
        }
    }

    @Test
    void keepsTermAndVoteTogether() {
        ExtendedUUID candidate = ExtendedUUID.randomUUID("a").put(RAFT.raft_id_key, Util.stringToBytes("ledger-1"));
        Address other = ExtendedUUID.randomUUID("b");
        try (SegmentedLog log = open()) {
            log.setTermSource(() -> 7);
            log.votedFor(candidate);
            assertThat(log.currentTerm()).isEqualTo(7);
            log.currentTerm(7);
            log.votedFor(null);
            log.votedFor(candidate);
            assertThatIllegalStateException().isThrownBy(() -> log.votedFor(other));
        }
        try (SegmentedLog log = open()) {
            assertThat(log.currentTerm()).isEqualTo(7);
            assertThat(log.votedFor()).isEqualTo(candidate);
            assertThat(((ExtendedUUID) log.votedFor()).get(RAFT.raft_id_key)).isEqualTo(Util.stringToBytes("ledger-1"));
            log.currentTerm(8);
            assertThat(log.votedFor()).isNull();
            log.currentTerm(6);
            log.votedFor(other);
        }
        try (SegmentedLog log = open()) {
            assertThat(log.currentTerm()).isEqualTo(8);
            assertThat(log.votedFor()).isEqualTo(other);
        }
    }

    @Test
    void knowsACommitIndexThatItHadWhenItLastWrote() {
        try (SegmentedLog log = open()) {
            log.append(1, entries(entry(1, "a"), entry(1, "b")));
            log.commitIndex(2);
            log.append(3, entries(entry(1, "c")));
            log.commitIndex(3);
        }
        try (SegmentedLog log = open()) {
            assertThat(log.commitIndex()).isEqualTo(2);
        }
    }

    @Test
    void truncatesByWholeSegmentsBehindASnapshot() {
        try (SegmentedLog log = open()) {
            for (int i = 1; i <= 100; i++) {
                log.append(i, entries(entry(1, "command " + i)));
            }
            int before = log.metrics().segments();
            log.commitIndex(70);
            log.setSnapshot(bytes("state at 70"));
            log.truncate(99);
            assertThat(log.firstAppended()).isEqualTo(70);
            assertThat(log.snapshotInfo()).contains(new SnapshotInfo(70, 1, 11));
            assertThat(log.metrics().segments()).isLessThan(before);
            assertThat(log.firstAvailable()).isBetween(2L, 70L);
            assertThat(log.get(log.firstAvailable() - 1)).isNull();
            assertThat(describe(log.get(70))).isEqualTo(describe(entry(1, "command 70")));
        }
        try (SegmentedLog log = open()) {
            assertThat(log.firstAppended()).isEqualTo(70);
            assertThat(log.commitIndex()).isEqualTo(70);
            assertThat(log.lastAppended()).isEqualTo(100);
            assertThat(text(log.getSnapshot())).isEqualTo("state at 70");
            assertThat(log.sizeInBytes()).isEqualTo(30 * 64);
            log.commitIndex(100);
            log.installSnapshot(100, 1, bytes("state at 100"));
            assertThat(text(log.getSnapshot())).isEqualTo("state at 100");
            assertThatIllegalArgumentException().isThrownBy(() -> log.installSnapshot(99, 1, bytes("older")));
        }
    }

    @Test
    void beginsAnewBehindASnapshotFromTheLeader() {
        try (SegmentedLog log = open()) {
            log.append(1, entries(entry(1, "a"), entry(1, "b")));
            log.setSnapshot(bytes("state at 500"));
            log.reinitializeTo(500, new LogEntry(4, null));
            assertThat(log.firstAppended()).isEqualTo(500);
            assertThat(log.lastAppended()).isEqualTo(500);
            assertThat(log.commitIndex()).isEqualTo(500);
            assertThat(log.get(2)).isNull();
            assertThat(log.get(500).term()).isEqualTo(4);
            assertThat(log.get(500).command()).isNull();
            log.append(501, entries(entry(4, "c")));
        }
        try (SegmentedLog log = open()) {
            assertThat(log.currentTerm()).isEqualTo(4);
            assertThat(contents(log, 500)).containsExactly("500 4 none", "501 4 63");
            assertThat(text(log.getSnapshot())).isEqualTo("state at 500");
            log.installSnapshot(500, 4, bytes("of the same entry"));
            assertThat(log.lastAppended()).isEqualTo(501);
        }
    }

    @Test
    void keepsEntriesBehindASnapshotThatItsLogAgreesWith() {
        try (SegmentedLog log = open()) {
            log.append(1, entries(entry(1, "a"), entry(2, "b"), entry(2, "c")));
            log.installSnapshot(2, 2, bytes("state"));
            assertThat(log.lastAppended()).isEqualTo(3);
            assertThat(log.commitIndex()).isEqualTo(2);
            log.installSnapshot(3, 5, bytes("other"));
            assertThat(log.lastAppended()).isEqualTo(3);
            assertThat(log.get(3).command()).isNull();
            assertThatIllegalArgumentException().isThrownBy(() -> log.installSnapshot(2, 2, bytes("state")));
        }
    }

    @Test
    void isOpenOnce() {
        try (SegmentedLog log = open()) {
            assertThat(log.path()).isEqualTo(folder);
            assertThatThrownBy(this::open)
                    .isInstanceOf(LogFailedException.class)
                    .hasMessageContaining(folder.toString());
        }
        open().delete();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void answersRecentEntriesFromMemoryWithinItsBound() {
        LogOptions options = SMALL.withCacheBytes(10 * 128);
        try (SegmentedLog log = SegmentedLog.open(folder, options)) {
            for (int i = 1; i <= 1000; i++) {
                log.append(i, entries(entry(1, "d".repeat(64))));
            }
            long misses = log.metrics().cacheMisses();
            for (int i = 991; i <= 1000; i++) {
                assertThat(log.get(i).length()).isEqualTo(64);
            }
            assertThat(log.metrics().cacheMisses()).isEqualTo(misses);
            log.get(990);
            assertThat(log.metrics().cacheMisses()).isEqualTo(misses + 1);
            log.deleteAllEntriesStartingFrom(995);
            log.append(995, entries(entry(2, "new")));
            assertThat(describe(log.get(995))).isEqualTo(describe(entry(2, "new")));
            assertThat(log.get(996)).isNull();
        }
    }
}
