package org.vsekai.nebula.ledger.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jgroups.Address;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;

/**
 * A durable {@link Log} in a folder of its own, which one process at a time may have open.
 *
 * <p><b>Durability.</b> Everything that {@link #append} was given, a term, a vote, a removal of entries and a snapshot are
 * durable when the call returns; one append is one {@code fdatasync} whatever the number of its entries, unless they
 * fill a segment or are more than 4 MiB (or one larger entry). The commit index costs no sync: each record carries the one that was known when it was
 * written, so after a restart it may be lower than it was, never higher.
 *
 * <p><b>Where it differs from jgroups-raft's own logs.</b> The term never falls: removing entries leaves it. A vote is stored
 * with the term that {@link #setTermSource} answers and cannot be changed within it. {@link #useFsync(boolean)} is ignored
 * (RAFT switches it off unless told otherwise); {@link LogOptions#fsync()} decides. Entries without a command are
 * refused; only the entry at a received snapshot's index, which is not in the log, reads as one. {@link #get} also answers
 * entries before {@link #firstAppended()} while their segment lasts, down to {@link #firstAvailable()}.
 *
 * <p><b>Failure.</b> {@link CorruptLogException} for what is damaged, {@link LogFailedException} for a disk that fails; after
 * either, every write is refused with it, and {@link #failure()} and the listener know.
 *
 * <p><b>Thread safety.</b> Appends, removals and snapshots exclude each other; terms, votes and reads come from any thread and
 * do not wait for the sync of an append.
 */
public final class SegmentedLog implements Log {
    private static final int PART_BYTES = 4 << 20;
    private static final int KEPT_BUFFER_BYTES = 1 << 20;

    private final LogFolder folder;
    private final LogOptions options;
    private final FileChannel lockFile;
    private final VoteFile vote;
    private final RecentEntries recent;
    private final SpareSegment spare;
    private final List<String> recovered;
    private volatile Optional<List<String>> firstVoters;

    /** Held by whoever changes entries. Taken before {@link #reading}. */
    private final Object writing = new Object();

    /** Guards {@link #segments} and what they know of their records. */
    private final Object reading = new Object();

    private final NavigableMap<Long, Segment> segments;
    private volatile @Nullable SnapshotInfo snapshot;
    private volatile @Nullable ByteBuffer staged;
    private volatile long last;
    private volatile long commit;
    private volatile @Nullable RuntimeException failure;
    private volatile @Nullable Consumer<? super RuntimeException> failureListener;
    private volatile @Nullable LongSupplier termSource;
    private volatile boolean closed;

    private ByteBuffer buffer = allocate(64 << 10);

    private final LongAdder appends = new LongAdder();
    private final LongAdder entriesWritten = new LongAdder();
    private final LongAdder entryBytes = new LongAdder();
    private final LongAdder snapshots = new LongAdder();
    private final LongAdder cacheHits = new LongAdder();
    private final LongAdder cacheMisses = new LongAdder();

    private SegmentedLog(LogFolder folder, LogOptions options, FileChannel lockFile, Recovery.Recovered recovery) {
        this.folder = folder;
        this.options = options;
        this.lockFile = lockFile;
        this.vote = recovery.vote();
        this.segments = recovery.segments();
        this.snapshot = recovery.snapshot();
        this.recovered = recovery.reports();
        this.firstVoters = recovery.firstVoters();
        this.recent = new RecentEntries(options.cacheBytes());
        this.spare = new SpareSegment(folder, options.segmentBytes());
        this.last = newest().lastIndex();
        long known = firstAppended();
        for (Segment segment : segments.values()) {
            known = Math.max(known, segment.commit());
        }
        this.commit = Math.min(known, last);
    }

    /**
     * Opens the log in a folder, or begins one where there is none. All of it is read and checked.
     *
     * @throws CorruptLogException if anything but an unfinished append, removal, vote or snapshot is wrong; nothing was
     *     changed
     * @throws LogFailedException if the folder cannot be read or written, or another process has it open
     */
    public static SegmentedLog open(Path folder, LogOptions options) {
        return open(folder, options, Disk.REAL);
    }

    static SegmentedLog open(Path path, LogOptions options, Disk disk) {
        LogFolder folder = new LogFolder(path, disk, options.fsync());
        try {
            folder.make();
            FileChannel lockFile = FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                lock(lockFile);
                return new SegmentedLog(folder, options, lockFile, new Recovery(folder, options).run());
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LogFailedException(path, e);
        }
    }

    private static void lock(FileChannel lockFile) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            throw new IOException("the log is open already, in this process", e);
        }
        if (lock == null) {
            throw new IOException("the log is open already, in another process");
        }
    }

    /** What opening found unfinished and finished, in words; empty after an orderly end. */
    public List<String> recovered() {
        return recovered;
    }

    public Path path() {
        return folder.path();
    }

    /**
     * Where {@link #votedFor(Address)} learns the term of the vote: RAFT advances its own before it tells the log. Without, the
     * vote is for {@link #currentTerm()}.
     */
    public void setTermSource(LongSupplier source) {
        termSource = source;
    }

    /** Why every write is refused; empty while the log works. */
    public Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Called once, on the thread that met the failure, which may hold the log's locks: it must only take note. */
    public void onFailure(Consumer<? super RuntimeException> listener) {
        failureListener = listener;
    }

    /** The log has been open since it was made; this only says so if it no longer is. */
    @Override
    public void init(@Nullable String name, @Nullable Map<String, String> arguments) {
        refuseIfUnusable();
    }

    /** Ignored; see the class. */
    @Override
    public SegmentedLog useFsync(boolean on) {
        return this;
    }

    @Override
    public boolean useFsync() {
        return options.fsync();
    }

    /** Closes the log and removes its files. */
    @Override
    public void delete() {
        close();
        changing(() -> {
            folder.deleteTemporaries();
            folder.delete(folder.voters());
            folder.delete(folder.vote());
            folder.deleteAll(folder.snapshots());
            folder.deleteAll(folder.segments());
            folder.delete(folder.lock());
        });
    }

    @Override
    public long currentTerm() {
        return vote.state().term();
    }

    /** Makes a higher term durable, with no vote in it; a lower one, which a late thread may bring, is passed over. */
    @Override
    public SegmentedLog currentTerm(long term) {
        updateVote(state -> term > state.term() ? state.withTerm(term) : state);
        return this;
    }

    @Override
    public @Nullable Address votedFor() {
        return vote.state().vote();
    }

    /**
     * Makes a vote and its term durable as one.
     *
     * @param member null, which a new term says of itself, changes nothing
     * @throws IllegalStateException if another was voted for in that term
     */
    @Override
    public SegmentedLog votedFor(@Nullable Address member) {
        if (member == null) {
            refuseIfUnusable();
            return this;
        }
        LongSupplier source = termSource;
        long asked = source == null ? 0 : source.getAsLong();
        updateVote(state -> {
            long term = Math.max(asked, state.term());
            if (term == state.term() && state.vote() != null && !member.equals(state.vote())) {
                throw new IllegalStateException(
                        "voted for %s in term %d, and cannot vote for %s".formatted(state.vote(), term, member));
            }
            return state.withVote(term, member);
        });
        return this;
    }

    private void updateVote(UnaryOperator<VoteState> change) {
        refuseIfUnusable();
        changing(() -> vote.update(change));
    }

    /** Who votes before the first change that the log tells of; empty as long as {@link #beginWith} was not called. */
    public Optional<List<String>> firstVoters() {
        return firstVoters;
    }

    /**
     * Makes durable who votes before the first change that the log tells of.
     *
     * @param voters 1 to 64 ids of at most 256 bytes in UTF-8
     */
    public void beginWith(List<String> voters) {
        synchronized (writing) {
            refuseIfUnusable();
            changing(() -> VotersFile.publish(folder, voters));
            firstVoters = Optional.of(List.copyOf(voters));
        }
    }

    @Override
    public long commitIndex() {
        return commit;
    }

    /**
     * Notes the commit index; it never falls.
     *
     * @throws IllegalArgumentException above {@link #lastAppended()}
     */
    @Override
    public SegmentedLog commitIndex(long index) {
        if (index > last) {
            throw new IllegalArgumentException("commit index %d, the last entry is %d".formatted(index, last));
        }
        commit = Math.max(commit, index);
        return this;
    }

    /** Index of the snapshot, 0 without one. Its entry is the last that is not needed any more. */
    @Override
    public long firstAppended() {
        SnapshotInfo published = snapshot;
        return published == null ? 0 : published.index();
    }

    /** The lowest index that {@link #get} has an entry with a command for. */
    public long firstAvailable() {
        synchronized (reading) {
            return segments.firstKey();
        }
    }

    @Override
    public long lastAppended() {
        return last;
    }

    /**
     * Adds entries behind the last one.
     *
     * @param index must be {@link #lastAppended()} + 1
     * @return the new last index
     * @throws IllegalArgumentException for another index, or an entry without command, too large, or of a lower term than the
     *     one before it; nothing is written then
     */
    @Override
    public long append(long index, LogEntries entries) {
        synchronized (writing) {
            refuseIfUnusable();
            check(index, entries);
            if (entries.size() == 0) {
                return last;
            }
            long term = entries.toArray()[entries.size() - 1].term();
            currentTerm(term);
            changing(() -> write(entries));
            appends.increment();
            return last;
        }
    }

    private void check(long index, LogEntries entries) {
        if (index != last + 1) {
            throw new IllegalArgumentException("append at %d, the last entry is %d".formatted(index, last));
        }
        long term = newest().lastTerm();
        long at = index;
        for (LogEntry entry : entries) {
            if (entry.command() == null || entry.length() > options.entryBytes()) {
                throw new IllegalArgumentException(
                        entry.command() == null
                                ? "entry %d has no command".formatted(at)
                                : "entry %d of %d bytes, at most %d are allowed"
                                        .formatted(at, entry.length(), options.entryBytes()));
            }
            if (entry.term() < term) {
                throw new IllegalArgumentException(
                        "entry %d of term %d after one of term %d".formatted(at, entry.term(), term));
            }
            term = entry.term();
            at++;
        }
    }

    private void write(LogEntries entries) throws IOException {
        List<LogEntry> part = new ArrayList<>(entries.size());
        long bytes = 0;
        for (LogEntry entry : entries) {
            long extent = RecordHeader.extent(entry.length());
            if (!part.isEmpty() && (bytes + extent > PART_BYTES || !newest().fits(bytes + extent))) {
                writePart(part, bytes);
                part.clear();
                bytes = 0;
            }
            if (!newest().fits(extent)) {
                roll();
            }
            part.add(entry);
            bytes += extent;
        }
        writePart(part, bytes);
        if (!newest().fits(options.segmentBytes() / 2)) {
            spare.prepare();
        }
    }

    /** Writes entries that fit the newest segment, and makes them durable as one. */
    private void writePart(List<LogEntry> part, long bytes) throws IOException {
        Segment segment = newest();
        ByteBuffer records = buffer(bytes);
        for (int i = 0; i < part.size(); i++) {
            LogEntry entry = part.get(i);
            CRC32C crc = new CRC32C();
            crc.update(entry.command(), entry.offset(), entry.length());
            int start = records.position();
            new RecordHeader(entry.length(), last + 1 + i, entry.term(), commit, i, entry.internal(), (int)
                            crc.getValue())
                    .put(records, segment.salt());
            records.put(entry.command(), entry.offset(), entry.length());
            RecordHeader.fill(records, start);
        }
        segment.write(records.flip());
        synchronized (reading) {
            for (LogEntry entry : part) {
                segment.accept(RecordHeader.extent(entry.length()), entry.term());
            }
        }
        for (LogEntry entry : part) {
            recent.add(last + 1, entry);
            last++;
            entryBytes.add(entry.length());
        }
        entriesWritten.add(part.size());
    }

    private ByteBuffer buffer(long bytes) {
        if (buffer.capacity() > KEPT_BUFFER_BYTES && bytes <= KEPT_BUFFER_BYTES) {
            buffer = allocate(KEPT_BUFFER_BYTES);
        } else if (buffer.capacity() < bytes) {
            buffer = allocate(Math.toIntExact(bytes));
        }
        return buffer.clear();
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void roll() throws IOException {
        Segment full = newest();
        Segment next = Segment.publish(folder, spare.take(), last + 1, full.lastTerm(), options.segmentBytes());
        synchronized (reading) {
            segments.put(next.first(), next);
        }
    }

    private Segment newest() {
        synchronized (reading) {
            return segments.lastEntry().getValue();
        }
    }

    /**
     * An entry.
     *
     * @return null below {@link #firstAvailable()} and above {@link #lastAppended()}; without a command for the index of a
     *     snapshot whose entry the log does not have
     * @throws CorruptLogException if its record has changed since the log was opened
     */
    @Override
    public @Nullable LogEntry get(long index) {
        if (index <= 0 || index > last) {
            return null;
        }
        LogEntry cached = recent.find(index);
        if (cached != null) {
            cacheHits.increment();
            return cached;
        }
        synchronized (reading) {
            Map.Entry<Long, Segment> segment = segments.floorEntry(index);
            if (segment != null && segment.getValue().holds(index)) {
                cacheMisses.increment();
                return read(segment.getValue(), index);
            }
        }
        SnapshotInfo published = snapshot;
        return published != null && published.index() == index ? new LogEntry(published.term(), null) : null;
    }

    private LogEntry read(Segment segment, long index) {
        try {
            return segment.read(index);
        } catch (IOException e) {
            throw failed(new LogFailedException(segment.file(), e));
        } catch (CorruptLogException e) {
            throw failed(e);
        }
    }

    /**
     * Removes entries from {@code index} on. Durable: they are overwritten with zeros, and a note beside the vote, made before and
     * cleared after, has an interrupted removal finished when the log is opened.
     *
     * @throws IllegalArgumentException if any of them is committed
     */
    @Override
    public void deleteAllEntriesStartingFrom(long index) {
        synchronized (writing) {
            refuseIfUnusable();
            if (index > last) {
                return;
            }
            if (index <= commit) {
                throw new IllegalArgumentException(
                        "entries from %d on cannot be removed, %d is committed".formatted(index, commit));
            }
            updateVote(state -> state.withCutFrom(index));
            changing(() -> {
                synchronized (reading) {
                    recent.removeFrom(index);
                    last = index - 1;
                    while (segments.size() > 1 && segments.lastKey() >= index) {
                        drop(segments.lastEntry().getValue());
                    }
                    newest().cutFrom(index);
                }
                folder.sync();
            });
            updateVote(state -> state.withCutFrom(0));
        }
    }

    private void drop(Segment segment) throws IOException {
        segments.remove(segment.first());
        segment.close();
        folder.delete(segment.file());
    }

    /**
     * Holds a snapshot for the {@link #truncate} or {@link #reinitializeTo} that follows and says what it covers. The bytes must
     * not change until then. {@link #installSnapshot} does both in one.
     */
    @Override
    public void setSnapshot(ByteBuffer content) {
        refuseIfUnusable();
        checkSize(content);
        staged = content.duplicate();
    }

    private void checkSize(ByteBuffer content) {
        if (content.remaining() > options.snapshotBytes()) {
            throw new IllegalArgumentException("a snapshot of %d bytes, at most %d are allowed"
                    .formatted(content.remaining(), options.snapshotBytes()));
        }
    }

    /**
     * The snapshot that is held or published, checked; null without one.
     *
     * @throws CorruptLogException if the file has changed since it was written
     */
    @Override
    public @Nullable ByteBuffer getSnapshot() {
        ByteBuffer held = staged;
        if (held != null) {
            return held.duplicate();
        }
        while (true) {
            SnapshotInfo published = snapshot;
            if (published == null) {
                return null;
            }
            Path file = folder.snapshot(published.index());
            try {
                return SnapshotFile.read(file, published.index(), options.snapshotBytes());
            } catch (CorruptLogException e) {
                throw failed(e);
            } catch (IOException e) {
                // A newer one may have been published, and this one removed, in between.
                if (published.equals(snapshot)) {
                    throw failed(new LogFailedException(file, e));
                }
            }
        }
    }

    public Optional<SnapshotInfo> snapshotInfo() {
        return Optional.ofNullable(snapshot);
    }

    /**
     * Publishes the held snapshot as that of the entry at {@code index}, or at the commit index if that is lower, and removes
     * segments and snapshots that it makes superfluous. Without a held snapshot only what the published one covers goes.
     */
    @Override
    public void truncate(long index) {
        synchronized (writing) {
            refuseIfUnusable();
            long covered = Math.min(index, commit);
            ByteBuffer content = staged;
            if (content == null || covered < 1 || covered < firstAppended()) {
                return;
            }
            staged = null;
            LogEntry entry = get(covered);
            if (entry != null && covered > firstAppended()) {
                installSnapshot(covered, entry.term(), content);
            }
        }
    }

    /**
     * Publishes the held snapshot and begins the log anew behind it.
     *
     * @param index of the snapshot, above {@link #commitIndex()}, or that of the published one
     * @param entry has its term; its command is not kept
     */
    @Override
    public void reinitializeTo(long index, LogEntry entry) {
        synchronized (writing) {
            refuseIfUnusable();
            ByteBuffer content = staged;
            if (content == null) {
                throw new IllegalStateException("the log cannot begin anew at %d without a snapshot".formatted(index));
            }
            staged = null;
            checkIndex(index);
            if (index == firstAppended()) {
                deleteAllEntriesStartingFrom(index + 1);
            } else {
                restart(index, entry.term(), content);
            }
        }
    }

    private void checkIndex(long index) {
        if (index < 1 || index < firstAppended()) {
            throw new IllegalArgumentException(
                    "a snapshot of entry %d, there is one of %d".formatted(index, firstAppended()));
        }
    }

    /**
     * Publishes a snapshot, this member's own or the leader's. Where the log has that entry with that term, it and what comes
     * after it stays valid, and everything up to it counts as committed; otherwise the log begins anew behind the snapshot.
     * Ask {@link #lastAppended()} and {@link #commitIndex()} afterwards. A snapshot of the index of the published one changes
     * nothing.
     *
     * @param index of the last entry in it
     * @param term of that entry
     * @throws IllegalArgumentException for a snapshot that is older than the published one, contradicts committed
     *     entries, or is too large
     */
    public void installSnapshot(long index, long term, ByteBuffer content) {
        checkSize(content);
        synchronized (writing) {
            refuseIfUnusable();
            checkIndex(index);
            if (index == firstAppended()) {
                return;
            }
            LogEntry entry = get(index);
            if (entry == null || entry.term() != term) {
                restart(index, term, content);
                return;
            }
            currentTerm(term);
            changing(() -> {
                SnapshotInfo before = snapshot;
                snapshot = SnapshotFile.publish(folder, index, term, content);
                commit = Math.max(commit, index);
                snapshots.increment();
                synchronized (reading) {
                    while (segments.size() > 1
                            && Objects.requireNonNull(segments.higherKey(segments.firstKey())) <= index) {
                        drop(segments.firstEntry().getValue());
                    }
                }
                if (before != null) {
                    folder.delete(folder.snapshot(before.index()));
                }
                folder.sync();
            });
        }
    }

    /** The note beside the vote tells a crash here from a log that has lost its newest entries. */
    private void restart(long index, long term, ByteBuffer content) {
        if (index <= commit) {
            throw new IllegalArgumentException("a snapshot of entry %d of term %d would undo committed entries up to %d"
                    .formatted(index, term, commit));
        }
        currentTerm(term);
        updateVote(state -> state.withRestartAfter(index));
        changing(() -> {
            SnapshotInfo before = snapshot;
            SnapshotInfo published = SnapshotFile.publish(folder, index, term, content);
            Path prepared = spare.take();
            synchronized (reading) {
                recent.clear();
                while (!segments.isEmpty()) {
                    drop(segments.lastEntry().getValue());
                }
                folder.sync();
                Segment segment = Segment.publish(folder, prepared, index + 1, term, options.segmentBytes());
                segments.put(segment.first(), segment);
                snapshot = published;
                last = index;
                commit = index;
            }
            snapshots.increment();
            if (before != null && before.index() != index) {
                folder.delete(folder.snapshot(before.index()));
                folder.sync();
            }
        });
        updateVote(state -> state.withRestartAfter(0));
    }

    @Override
    public void forEach(ObjLongConsumer<LogEntry> function, long from, long to) {
        long end = Math.min(to, last);
        for (long index = Math.max(Math.max(from, firstAppended()), 1); index <= end; index++) {
            LogEntry entry = get(index);
            if (entry != null) {
                function.accept(entry, index);
            }
        }
    }

    @Override
    public void forEach(ObjLongConsumer<LogEntry> function) {
        forEach(function, firstAppended(), last);
    }

    /** Bytes of the records behind the snapshot. */
    @Override
    public long sizeInBytes() {
        synchronized (reading) {
            long from = firstAppended() + 1;
            return segments.values().stream()
                    .mapToLong(segment -> segment.bytesFrom(from))
                    .sum();
        }
    }

    public LogMetrics metrics() {
        int files;
        long bytes;
        synchronized (reading) {
            files = segments.size();
            bytes = segments.values().stream().mapToLong(Segment::size).sum();
        }
        return new LogMetrics(
                appends.sum(),
                entriesWritten.sum(),
                entryBytes.sum(),
                folder.fsyncs(),
                folder.fsyncNanos(),
                folder.fsyncNanosMax(),
                vote.changes(),
                snapshots.sum(),
                cacheHits.sum(),
                cacheMisses.sum(),
                files,
                bytes);
    }

    private void refuseIfUnusable() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        if (closed) {
            throw new IllegalStateException(folder.path() + ": the log is closed");
        }
    }

    private interface Change {
        void run() throws IOException;
    }

    private void changing(Change change) {
        try {
            change.run();
        } catch (IOException e) {
            throw failed(new LogFailedException(folder.path(), e));
        } catch (CorruptLogException e) {
            throw failed(e);
        }
    }

    private RuntimeException failed(RuntimeException cause) {
        Consumer<? super RuntimeException> listener = failureListener;
        if (failure == null) {
            failure = cause;
            if (listener != null) {
                listener.accept(cause);
            }
        }
        return cause;
    }

    /** Idempotent. What was written is durable already. */
    @Override
    public void close() {
        synchronized (writing) {
            if (closed) {
                return;
            }
            closed = true;
            List<Closeable> parts = new ArrayList<>();
            parts.add(spare::close);
            synchronized (reading) {
                parts.addAll(segments.values());
                parts.add(vote);
                parts.add(lockFile); // last: whoever opens the folder next finds nobody at work in it
                closeAll(parts);
            }
        }
    }

    /** Each is closed whatever becomes of the others; the first failure counts. */
    private void closeAll(List<Closeable> parts) {
        @Nullable IOException failed = null;
        for (Closeable part : parts) {
            try {
                part.close();
            } catch (IOException e) {
                failed = failed == null ? e : failed;
            } catch (RuntimeException e) {
                failed = failed == null ? new IOException(e) : failed;
            }
        }
        if (failed != null) {
            throw new LogFailedException(folder.path(), failed);
        }
    }

    @Override
    public String toString() {
        return "%s: first %d, commit %d, last %d, term %d"
                .formatted(folder.path(), firstAppended(), commit, last, currentTerm());
    }
}
