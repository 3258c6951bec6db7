package org.vsekai.nebula.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.vsekai.nebula.ledger.log.LogFixtures.SMALL;
import static org.vsekai.nebula.ledger.log.LogFixtures.bytes;
import static org.vsekai.nebula.ledger.log.LogFixtures.contents;
import static org.vsekai.nebula.ledger.log.LogFixtures.copy;
import static org.vsekai.nebula.ledger.log.LogFixtures.entries;
import static org.vsekai.nebula.ledger.log.LogFixtures.entry;
import static org.vsekai.nebula.ledger.log.LogFixtures.files;
import static org.vsekai.nebula.ledger.log.LogFixtures.remove;
import static org.vsekai.nebula.ledger.log.LogFixtures.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every byte of every file, cut off or flipped: recovered as {@code docs/ledger-format.md} says, or refused untouched. */
class LogDamageTest {
    private static final int SECTOR = 512;

    @TempDir
    Path temp;

    private Path folder;
    private int copies;

    @BeforeEach
    void choose() {
        folder = temp.resolve("log");
    }

    /** Entries 1; 2 and 3; 4, which lies across sectors; 5. No command has a zero in it. */
    private List<String> writeFiveEntries() {
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.append(1, entries(entry(1, "one")));
            log.append(
                    2,
                    entries(entry(1, "two" + "x".repeat(40)), entry(2, "three").internal(true)));
            log.append(4, entries(entry(2, "four" + "y".repeat(900))));
            log.append(5, entries(entry(3, "five" + "z".repeat(100))));
            return contents(log, 1);
        }
    }

    private record Place(long index, int begin, int length, int end) {
        boolean inPadding(int at) {
            return at >= begin + RecordHeader.BYTES + length && at < end;
        }
    }

    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            int at = Segment.HEADER_BYTES;
            for (long index = 1; index <= log.lastAppended(); index++) {
                int length = log.get(index).length();
                places.add(new Place(index, at, length, at + (int) RecordHeader.extent(length)));
                at += (int) RecordHeader.extent(length);
            }
        }
        return places;
    }

    private Path segment() {
        return folder.resolve("segment-" + "0".repeat(19) + "1");
    }

    private Path vote() {
        return folder.resolve("vote");
    }

    private CorruptLogException assertRefusedUntouched(String what) {
        Map<String, String> before = files(folder);
        CorruptLogException refusal =
                catchThrowableOfType(CorruptLogException.class, () -> SegmentedLog.open(folder, SMALL)
                        .close());
        assertThat(refusal).as(what).isNotNull();
        assertThat(files(folder)).as(what).isEqualTo(before);
        assertThat(refusal).as(what).hasMessageContaining(refusal.file().toString());
        return refusal;
    }

    private void assertRecovers(List<String> expected, boolean reported, String what) {
        Path saved = temp.resolve("saved-" + copies++);
        copy(folder, saved);
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            assertThat(contents(log, 1)).as(what).isEqualTo(expected);
            assertThat(!log.recovered().isEmpty()).as(what).isEqualTo(reported);
            log.append(log.lastAppended() + 1, entries(entry(9, "next")));
        }
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            assertThat(log.recovered()).as(what).isEmpty();
            assertThat(log.lastAppended()).as(what).isEqualTo(expected.size() + 1);
        }
        remove(folder);
        copy(saved, folder);
        remove(saved);
    }

    @Test
    void tellsEveryFlippedByteOfASegment() throws IOException {
        List<String> all = writeFiveEntries();
        List<Place> places = places();
        byte[] original = Files.readAllBytes(segment());
        int end = places.getLast().end();
        for (int at = 0; at < end + SECTOR; at++) {
            byte[] flipped = original.clone();
            flipped[at] ^= (byte) (at % 2 == 0 ? 0xff : 1 << at % 8);
            Files.write(segment(), flipped);
            String what = "byte " + at;
            int where = at;
            if (at < Segment.HEADER_BYTES) {
                assertThat(assertRefusedUntouched(what).file()).isEqualTo(segment());
            } else if (at == end + RecordHeader.ALIGNMENT - 1) {
                // No append begins by writing the end of its first 64 bytes.
                assertThat(assertRefusedUntouched(what).offset()).isEqualTo(end);
            } else if (at >= end) {
                assertRecovers(all, true, what);
            } else if (places.stream().anyMatch(place -> place.inPadding(where))) {
                assertRecovers(all, false, what);
            } else {
                Place hit = places.stream()
                        .filter(place -> where < place.end())
                        .findFirst()
                        .orElseThrow();
                assertThat(assertRefusedUntouched(what).offset()).as(what).isEqualTo(hit.begin());
            }
            Files.write(segment(), original);
        }
    }

    @Test
    void recoversFromAnAppendCutShortAtAnyByte() throws IOException {
        List<String> all = writeFiveEntries();
        List<Place> places = places();
        byte[] original = Files.readAllBytes(segment());
        for (int cut = Segment.HEADER_BYTES; cut <= places.getLast().end(); cut++) {
            byte[] torn = original.clone();
            Arrays.fill(torn, cut, torn.length, (byte) 0);
            int whole = 0;
            while (whole < places.size() && isWhole(original, torn, places.get(whole))) {
                whole++;
            }
            int end = whole == 0 ? Segment.HEADER_BYTES : places.get(whole - 1).end();
            boolean leftovers = !isZero(torn, end, torn.length);
            Files.write(segment(), torn);
            assertRecovers(all.subList(0, whole), leftovers, "cut at byte " + cut);
        }
    }

    private static boolean isWhole(byte[] original, byte[] torn, Place place) {
        int end = place.begin() + RecordHeader.BYTES + place.length();
        return Arrays.equals(original, place.begin(), end, torn, place.begin(), end);
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void recoversWhateverSectorsOfTheLastAppendReachedTheDisk() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.append(1, entries(entry(1, "one")));
            log.append(
                    2,
                    entries(
                            entry(1, "two" + "x".repeat(300)),
                            entry(1, "three" + "y".repeat(1100)),
                            entry(1, "four"),
                            entry(1, "five" + "z".repeat(800))));
        }
        List<Place> places = places();
        byte[] original = Files.readAllBytes(segment());
        int begin = places.get(1).begin();
        int end = places.getLast().end();
        int sectors = (end - 1) / SECTOR + 1;
        List<String> all;
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            all = contents(log, 1);
        }
        for (int lost = 0; lost < 1 << sectors; lost++) {
            byte[] torn = original.clone();
            for (int sector = 0; sector < sectors; sector++) {
                if ((lost >> sector & 1) == 1) {
                    int from = Math.max(begin, sector * SECTOR);
                    Arrays.fill(torn, from, Math.max(from, Math.min(end, (sector + 1) * SECTOR)), (byte) 0);
                }
            }
            int whole = 0;
            while (whole < places.size() && isWhole(original, torn, places.get(whole))) {
                whole++;
            }
            Files.write(segment(), torn);
            boolean leftovers = !isZero(torn, places.get(whole - 1).end(), torn.length);
            assertRecovers(all.subList(0, whole), leftovers, "lost sectors " + Integer.toBinaryString(lost));
        }
    }

    @Test
    void refusesAHoleBeforeAnAppendThatWasBegunLater() throws IOException {
        writeFiveEntries();
        List<Place> places = places();
        byte[] original = Files.readAllBytes(segment());
        for (Place place : places.subList(0, 4)) {
            byte[] holed = original.clone();
            Arrays.fill(holed, place.begin(), place.end(), (byte) 0);
            Files.write(segment(), holed);
            CorruptLogException refusal = assertRefusedUntouched("entry " + place.index());
            assertThat(refusal.offset()).isEqualTo(place.begin());
            assertThat(refusal).hasMessageContaining("was written after it");
        }
    }

    @Test
    void refusesSegmentsThatAreMissingMovedOrOfAnotherLength() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            for (int i = 1; i <= 60; i++) {
                log.append(i, entries(entry(1, "x".repeat(300))));
            }
        }
        List<Path> segments;
        try (var found = Files.list(folder)) {
            segments = found.filter(file -> file.getFileName().toString().startsWith("segment-"))
                    .sorted()
                    .toList();
        }
        assertThat(segments).hasSizeGreaterThan(4);
        for (Path segment : segments.subList(0, segments.size() - 1)) {
            byte[] original = Files.readAllBytes(segment);
            Files.delete(segment);
            assertRefusedUntouched("without " + segment);
            Files.write(segment, Arrays.copyOf(original, original.length - 1));
            assertRefusedUntouched("shorter " + segment);
            Files.write(segment, Arrays.copyOf(original, original.length + 1));
            assertRefusedUntouched("longer " + segment);
            Files.write(segment, new byte[0]);
            assertRefusedUntouched("empty " + segment);
            Files.write(segment, original);
        }
        // What is behind the last record of an older segment can be no unfinished append.
        byte[] full = Files.readAllBytes(segments.get(1));
        full[full.length - 1] ^= 1;
        Files.write(segments.get(1), full);
        assertRefusedUntouched("bytes behind the end of an older segment");
        full[full.length - 1] ^= 1;
        Files.write(segments.get(1), full);
        Files.move(segments.get(2), folder.resolve("segment-9"));
        assertRefusedUntouched("a name that no segment has");
    }

    @Test
    void recoversTermAndVoteFromTheOtherSlotWhateverByteIsFlipped() throws IOException {
        Address candidate =
                ExtendedUUID.randomUUID("a").put("raft-id", bytes("ledger-2").array());
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.currentTerm(5);
            log.votedFor(candidate);
        }
        byte[] original = Files.readAllBytes(vote());
        assertThat(Arrays.copyOf(original, VoteFile.SLOT_BYTES))
                .isEqualTo(Arrays.copyOfRange(original, VoteFile.SLOT_BYTES, 2 * VoteFile.SLOT_BYTES));
        for (int at = 0; at < original.length; at++) {
            byte[] flipped = original.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(vote(), flipped);
            try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
                assertThat(log.currentTerm()).isEqualTo(5);
                assertThat(log.votedFor()).isEqualTo(candidate);
                assertThat(log.recovered()).singleElement().asString().contains(vote().toString());
            }
            assertThat(Files.readAllBytes(vote())).isEqualTo(original);
        }
    }

    @Test
    void neverForgetsAnAnsweredVoteWhereverTheNextOneIsCutShort() throws IOException {
        Address first = ExtendedUUID.randomUUID("a");
        Address second = ExtendedUUID.randomUUID("b");
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.currentTerm(5);
            log.votedFor(first);
        }
        byte[] before = Files.readAllBytes(vote());
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.setTermSource(() -> 70);
            log.votedFor(second);
        }
        byte[] after = Files.readAllBytes(vote());
        for (int slot : new int[] {0, VoteFile.SLOT_BYTES}) {
            for (int cut = 0; cut <= VoteFile.SLOT_BYTES; cut += 8) {
                byte[] torn = before.clone();
                System.arraycopy(after, slot, torn, slot, cut);
                Files.write(vote(), torn);
                try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
                    boolean isNew = log.currentTerm() == 70;
                    assertThat(log.votedFor()).isEqualTo(isNew ? second : first);
                    assertThat(log.currentTerm()).isEqualTo(isNew ? 70 : 5);
                    assertThat(isNew).isEqualTo(cut == VoteFile.SLOT_BYTES);
                }
                byte[] repaired = Files.readAllBytes(vote());
                assertThat(repaired).isIn(before, after);
            }
        }
    }

    @Test
    void refusesAVoteFileWithoutAWholeSlotOrOfAnotherLengthOrNone() throws IOException {
        writeFiveEntries();
        byte[] original = Files.readAllBytes(vote());
        byte[] spoiled = original.clone();
        spoiled[16] ^= 1;
        spoiled[VoteFile.SLOT_BYTES + 16] ^= 1;
        Files.write(vote(), spoiled);
        assertThat(assertRefusedUntouched("both slots").file()).isEqualTo(vote());
        for (int length : new int[] {0, 1, VoteFile.SLOT_BYTES, original.length - 1, original.length + 1}) {
            Files.write(vote(), Arrays.copyOf(original, length));
            assertThat(assertRefusedUntouched("length " + length).file()).isEqualTo(vote());
        }
        Files.delete(vote());
        assertThat(assertRefusedUntouched("no vote").file()).isEqualTo(vote());
    }

    @Test
    void refusesAVoteOlderThanTheEntries() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.currentTerm(1);
        }
        byte[] old = Files.readAllBytes(vote());
        writeFiveEntries();
        Files.write(vote(), old);
        assertThat(assertRefusedUntouched("term 1").file()).isEqualTo(vote());
    }

    @Test
    void refusesEveryFlippedOrMissingByteOfASnapshot() throws IOException {
        writeFiveEntries();
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.installSnapshot(4, 2, bytes("the state of all counters"));
        }
        Path snapshot = folder.resolve("snapshot-" + "0".repeat(19) + "4");
        byte[] original = Files.readAllBytes(snapshot);
        for (int at = 0; at < original.length; at++) {
            byte[] flipped = original.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(snapshot, flipped);
            assertThat(assertRefusedUntouched("byte " + at).file()).isEqualTo(snapshot);
            Files.write(snapshot, Arrays.copyOf(original, at));
            assertThat(assertRefusedUntouched("cut at " + at).file()).isEqualTo(snapshot);
        }
        Files.write(snapshot, Arrays.copyOf(original, original.length + 1));
        assertRefusedUntouched("longer");
        Files.write(snapshot, original);
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            assertThat(text(log.getSnapshot())).isEqualTo("the state of all counters");
            original[70] ^= 1;
            Files.write(snapshot, original);
            CorruptLogException refusal = catchThrowableOfType(CorruptLogException.class, log::getSnapshot);
            assertThat(refusal.file()).isEqualTo(snapshot);
            assertThat(log.failure()).contains(refusal);
        }
    }

    @Test
    void refusesALogThatEndsBeforeItsSnapshot() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            for (int i = 1; i <= 60; i++) {
                log.append(i, entries(entry(1, "x".repeat(300))));
            }
            log.installSnapshot(60, 1, bytes("state"));
            assertThat(log.metrics().segments()).isEqualTo(1);
        }
        Path newest;
        try (var found = Files.list(folder)) {
            newest = found.filter(file -> file.getFileName().toString().startsWith("segment-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] original = Files.readAllBytes(newest);
        byte[] emptied = original.clone();
        Arrays.fill(emptied, Segment.HEADER_BYTES, emptied.length, (byte) 0);
        Files.write(newest, emptied);
        assertRefusedUntouched("no entries up to the snapshot");
        Files.delete(newest);
        assertRefusedUntouched("no segment");
    }

    @Test
    void noticesARecordThatChangesUnderAnOpenLog() throws IOException {
        writeFiveEntries();
        Place third = places().get(2);
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            byte[] bytes = Files.readAllBytes(segment());
            bytes[third.begin() + RecordHeader.BYTES] ^= 1;
            Files.write(segment(), bytes);
            assertThat(log.get(2)).isNotNull();
            CorruptLogException refusal = catchThrowableOfType(CorruptLogException.class, () -> log.get(3));
            assertThat(refusal.file()).isEqualTo(segment());
            assertThat(refusal.offset()).isEqualTo(third.begin());
            assertThat(catchThrowableOfType(CorruptLogException.class, () -> log.append(6, entries(entry(3, "six")))))
                    .isSameAs(refusal);
        }
    }

    @Test
    void aListOfVotersWithAnyByteFlippedOrCutOffIsRefused() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.beginWith(List.of("a", "bc", "d"));
        }
        Path file = folder.resolve("voters");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x10;
            refusesVoters(file, flipped);
            refusesVoters(file, Arrays.copyOf(whole, at));
        }
        refusesVoters(file, Arrays.copyOf(whole, whole.length + 1));
        Files.write(file, whole);
        Files.delete(folder.resolve("vote"));
        assertThat(catchThrowableOfType(CorruptLogException.class, () -> SegmentedLog.open(folder, SMALL)))
                .as("a list of voters without the vote beside it")
                .isNotNull();
    }

    private void refusesVoters(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        assertThat(catchThrowableOfType(CorruptLogException.class, () -> SegmentedLog.open(folder, SMALL)))
                .isNotNull();
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
    }
}
