package org.vsekai.nebula.ledger.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Opening a log's folder: first everything is read and checked and nothing changed, then what a crash left unfinished is
 * finished. A folder that is refused is byte for byte what it was.
 */
final class Recovery {
    private final LogFolder folder;
    private final LogOptions options;
    private final List<String> reports = new ArrayList<>();

    Recovery(LogFolder folder, LogOptions options) {
        this.folder = folder;
        this.options = options;
    }

    /** A log as it stands after recovery. */
    record Recovered(
            VoteFile vote,
            NavigableMap<Long, Segment> segments,
            @Nullable SnapshotInfo snapshot,
            Optional<List<String>> firstVoters,
            List<String> reports) {}

    Recovered run() throws IOException {
        NavigableMap<Long, Path> segmentFiles = folder.segments();
        NavigableMap<Long, Path> snapshotFiles = folder.snapshots();
        if (!Files.exists(folder.vote())) {
            return begin(segmentFiles, snapshotFiles);
        }
        VoteFile.Content content = VoteFile.read(folder.vote());
        Optional<List<String>> firstVoters =
                Files.exists(folder.voters()) ? Optional.of(VotersFile.read(folder.voters())) : Optional.empty();
        VoteState state = content.state();
        SnapshotInfo snapshot = snapshotFiles.isEmpty()
                ? null
                : SnapshotFile.verify(
                        snapshotFiles.lastEntry().getValue(), snapshotFiles.lastKey(), options.snapshotBytes());
        NavigableMap<Long, Segment> segments = new TreeMap<>();
        @Nullable VoteFile vote = null;
        try {
            boolean restarting = snapshot != null && snapshot.index() == state.restartAfter();
            Optional<Segment.Tail> tail = Optional.empty();
            if (!restarting) {
                tail = check(segmentFiles, snapshot, state, segments);
            }
            vote = VoteFile.open(folder, content);
            content.repair().ifPresent(reports::add);
            finish(vote, segments, segmentFiles, snapshotFiles, snapshot, restarting, tail);
            return new Recovered(vote, segments, snapshot, firstVoters, List.copyOf(reports));
        } catch (IOException | RuntimeException e) {
            close(vote, segments);
            throw e;
        }
    }

    /** A new log, or one whose making was cut short: the vote file is made last. */
    private Recovered begin(NavigableMap<Long, Path> segmentFiles, NavigableMap<Long, Path> snapshotFiles)
            throws IOException {
        NavigableMap<Long, Segment> segments = new TreeMap<>();
        try {
            if (!snapshotFiles.isEmpty() || segmentFiles.size() > 1 || Files.exists(folder.voters())) {
                throw missingVote();
            }
            for (Map.Entry<Long, Path> file : segmentFiles.entrySet()) {
                Segment segment = Segment.open(folder, file.getValue(), file.getKey());
                segments.put(file.getKey(), segment);
                boolean untouched = segment.first() == 1
                        && segment.scan(true, Long.MAX_VALUE, options.entryBytes())
                                .isEmpty()
                        && segment.lastIndex() == 0;
                if (!untouched) {
                    throw missingVote();
                }
            }
            folder.deleteTemporaries();
            if (segments.isEmpty()) {
                segments.put(1L, newSegment(1, 0));
            }
            return new Recovered(
                    VoteFile.create(folder, VoteState.INITIAL), segments, null, Optional.empty(), List.of());
        } catch (IOException | RuntimeException e) {
            close(null, segments);
            throw e;
        }
    }

    private CorruptLogException missingVote() {
        return new CorruptLogException(folder.vote(), 0, "missing, while the folder holds a log");
    }

    private Segment newSegment(long first, long previousTerm) throws IOException {
        Path temporary = folder.temporary("segment");
        Segment.prepare(folder, temporary, options.segmentBytes());
        return Segment.publish(folder, temporary, first, previousTerm, options.segmentBytes());
    }

    /** Reads every segment that is needed into {@code segments}. */
    private Optional<Segment.Tail> check(
            NavigableMap<Long, Path> files,
            @Nullable SnapshotInfo snapshot,
            VoteState state,
            NavigableMap<Long, Segment> segments)
            throws IOException {
        long covered = snapshot == null ? 0 : snapshot.index();
        NavigableMap<Long, Path> needed = new TreeMap<>(files);
        while (needed.size() > 1 && needed.higherKey(needed.firstKey()) <= covered) {
            needed.pollFirstEntry();
        }
        while (state.cutFrom() > 0 && needed.size() > 1 && needed.lastKey() >= state.cutFrom()) {
            needed.pollLastEntry();
        }
        if (needed.isEmpty() || needed.firstKey() > covered + 1) {
            throw new CorruptLogException(
                    folder.segment(covered + 1), 0, "missing: there are no entries after %d".formatted(covered));
        }
        Optional<Segment.Tail> tail = Optional.empty();
        @Nullable Segment before = null;
        for (Map.Entry<Long, Path> file : needed.entrySet()) {
            Segment segment = Segment.open(folder, file.getValue(), file.getKey());
            segments.put(file.getKey(), segment);
            if (before != null
                    && (segment.first() != before.lastIndex() + 1 || segment.previousTerm() != before.lastTerm())) {
                throw new CorruptLogException(
                        segment.file(),
                        8,
                        "continues after entry %d of term %d, and the one before ends with entry %d of term %d"
                                .formatted(
                                        segment.first() - 1,
                                        segment.previousTerm(),
                                        before.lastIndex(),
                                        before.lastTerm()));
            }
            boolean isNewest = file.getKey().equals(needed.lastKey());
            tail = state.cutFrom() > 0
                    ? segment.scan(false, state.cutFrom(), options.entryBytes())
                    : segment.scan(isNewest, Long.MAX_VALUE, options.entryBytes());
            before = segment;
        }
        agree(needed, segments, snapshot, state);
        return tail;
    }

    /** The entries must reach what the snapshot and the vote know of. */
    private void agree(
            NavigableMap<Long, Path> needed,
            NavigableMap<Long, Segment> segments,
            @Nullable SnapshotInfo snapshot,
            VoteState state)
            throws IOException {
        Segment newest = segments.lastEntry().getValue();
        if (snapshot != null) {
            if (newest.lastIndex() < snapshot.index()) {
                throw new CorruptLogException(
                        newest.file(),
                        Segment.HEADER_BYTES,
                        "ends with entry %d, before the snapshot of entry %d"
                                .formatted(newest.lastIndex(), snapshot.index()));
            }
            Segment holder = segments.firstEntry().getValue();
            long term = holder.holds(snapshot.index())
                    ? holder.read(snapshot.index()).term()
                    : holder.previousTerm();
            if (term != snapshot.term()) {
                throw new CorruptLogException(
                        holder.file(),
                        Segment.HEADER_BYTES,
                        "entry %d is of term %d, and of term %d in its snapshot"
                                .formatted(snapshot.index(), term, snapshot.term()));
            }
        }
        if (newest.lastTerm() > state.term()) {
            throw new CorruptLogException(
                    folder.vote(),
                    16,
                    "term %d, and %s has entries of term %d"
                            .formatted(state.term(), needed.lastEntry().getValue(), newest.lastTerm()));
        }
    }

    private void finish(
            VoteFile vote,
            NavigableMap<Long, Segment> segments,
            NavigableMap<Long, Path> segmentFiles,
            NavigableMap<Long, Path> snapshotFiles,
            @Nullable SnapshotInfo snapshot,
            boolean restarting,
            Optional<Segment.Tail> tail)
            throws IOException {
        folder.deleteTemporaries();
        if (tail.isPresent()) {
            segments.lastEntry().getValue().cutTail(tail.get().to());
            reports.add(tail.get().why());
        }
        VoteState state = vote.state();
        if (state.cutFrom() > 0 && !restarting) {
            reports.add("%s: the removal of entries from %d on is finished".formatted(folder.path(), state.cutFrom()));
        }
        NavigableMap<Long, Path> superfluous = new TreeMap<>(segmentFiles);
        superfluous.keySet().removeAll(segments.keySet());
        folder.deleteAll(superfluous);
        if (restarting && snapshot != null) {
            reports.add("%s: the log is begun anew after the snapshot of entry %d"
                    .formatted(folder.path(), snapshot.index()));
            segments.put(snapshot.index() + 1, newSegment(snapshot.index() + 1, snapshot.term()));
        } else if (state.cutFrom() > 0) {
            segments.lastEntry().getValue().cutTail();
        }
        if (!snapshotFiles.isEmpty()) {
            folder.deleteAll(snapshotFiles.headMap(snapshotFiles.lastKey(), false));
        }
        vote.update(now -> now.withCutFrom(0).withRestartAfter(0));
    }

    private static void close(@Nullable VoteFile vote, NavigableMap<Long, Segment> segments) throws IOException {
        for (Segment segment : segments.values()) {
            segment.close();
        }
        if (vote != null) {
            vote.close();
        }
    }
}
