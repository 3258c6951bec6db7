package org.vsekai.nebula.casync.assemble;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * Rebuilds the blob of an index.
 *
 * <p><b>Order and memory.</b> Many chunks are sought at once and the blob comes out in order. A stream keeps a row of
 * searches, the next of which begins when the reader takes the first; so at most {@link AssemblyOptions#inFlight} chunks
 * are in memory, however far the reader lags behind. A file needs no order: each distinct chunk is sought once and
 * written to all its places.
 *
 * <p><b>Once.</b> A chunk is fetched from a store at most once in a run. A stream's reader may come to the same chunk
 * again long after, when it has left memory, so what a store sent is kept in the cache; where the caller gives none, in a
 * temporary one, and only if the chunk occurs again. A reader that passes over parts of the blob says so beforehand or
 * skips; chunks that lie in such a part as a whole are not sought at all.
 *
 * <p><b>Going on after a kill.</b> The next run finds in a cache without bounds what this one fetched, and in a bounded one
 * what a stream had fetched ahead when it was closed early. A file is built beside its place under a fixed name; the next
 * run hashes what it finds there and seeks only what is not right.
 *
 * <p>One assembly at a time; the seeds and stores are the caller's to close.
 */
public final class Assembler {
    private final ChunkIndex index;
    private final ChunkLadder ladder;
    private final Occurrences occurrences;
    private final @Nullable ChunkCache cache;
    private final int window;

    /**
     * @param seeds tried in turn
     * @param stores asked in turn; see {@link ChunkLadder} for what moves on to the next
     * @param cache takes and gives what was fetched; null for none
     */
    public Assembler(
            ChunkIndex index,
            List<? extends Seed> seeds,
            List<? extends ReadableStore> stores,
            @Nullable ChunkCache cache,
            AssemblyOptions options) {
        this(index, seeds, cache, List.of(), stores, options);
    }

    /** @param remote seeds to ask only when the cache lacks a chunk, and before any store: they bring it over a network */
    public Assembler(
            ChunkIndex index,
            List<? extends Seed> seeds,
            @Nullable ChunkCache cache,
            List<? extends Seed> remote,
            List<? extends ReadableStore> stores,
            AssemblyOptions options) {
        this.index = index;
        this.ladder = new ChunkLadder(index, List.copyOf(seeds), cache, List.copyOf(remote), List.copyOf(stores));
        this.occurrences = new Occurrences(index);
        this.cache = cache;
        this.window = options.window(index.sizes().max());
    }

    /** Where chunks came from so far; may be called while an assembly runs. */
    public AssemblyStatistics statistics() {
        return ladder.statistics();
    }

    /**
     * What no seed lists and the cache does not hold, as positions in the index, each chunk by its first. Nothing is read:
     * a chunk that turns out to be damaged is fetched when it is needed.
     */
    public List<Integer> missing() {
        return missing(all());
    }

    /** As {@link #missing()}, of some chunks of the index only. */
    public List<Integer> missing(BitSet wanted) {
        List<Integer> missing = new ArrayList<>();
        Set<ChunkId> seen = new HashSet<>();
        for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
            ChunkId id = index.id(i);
            if (!ladder.isAtHand(id, index.length(i)) && seen.add(id)) {
                missing.add(i);
            }
        }
        return missing;
    }

    private BitSet all() {
        BitSet all = new BitSet(index.chunkCount());
        all.set(0, index.chunkCount());
        return all;
    }

    /**
     * Brings chunks into the cache, in any order, so that a later assembly finds them there.
     *
     * @param chunks positions in the index, as {@link #missing} gives them
     * @param progress told of the length of each chunk that has come, on any thread
     * @throws IllegalStateException when the assembler has no cache
     * @throws IOException when the disk fails
     * @throws org.vsekai.nebula.casync.CasyncException when a chunk cannot be had; what came is kept for the next run
     */
    public void fetch(List<Integer> chunks, LongConsumer progress) throws IOException {
        ChunkCache into = cache;
        if (into == null) {
            throw new IllegalStateException("there is no cache to fetch into");
        }
        try (BoundedTasks tasks = new BoundedTasks(window)) {
            for (int i : chunks) {
                tasks.run(() -> progress.accept(ladder.get(index.id(i), index.length(i), into).length));
            }
            tasks.finish();
        }
    }

    /**
     * The blob as a stream. It ends early by an exception only: {@link org.vsekai.nebula.casync.CasyncException} by type
     * for a chunk that cannot be had, {@link IOException} for faults of the local disk. Closing it stops all searches.
     */
    public InputStream open() {
        return open(all());
    }

    /**
     * As {@link #open()}, for a reader that means to skip parts of the blob.
     *
     * @param wanted the chunks that it will read, by their position in the index: the only ones that are sought ahead. A
     *     chunk of the others is sought when the reader comes to it
     */
    public InputStream open(BitSet wanted) {
        return new Stream((BitSet) wanted.clone());
    }

    /** A chunk that is being sought for the reader. */
    private record Search(int position, ChunkId id, Future<byte[]> result) {}

    private final class Stream extends InputStream {
        private final BitSet wanted;
        private final BoundedTasks tasks = new BoundedTasks(window);
        private final Deque<Search> row = new ArrayDeque<>();
        /** The chunk behind the current one, and the first that was not yet considered for the row. */
        private int at;

        private int ahead;
        private @Nullable Search last;
        private byte[] current = new byte[0];
        private int position;
        private @Nullable ChunkCache spare;
        private boolean closed;
        private boolean failed;

        Stream(BitSet wanted) {
            this.wanted = wanted;
        }

        @Override
        public int read() throws IOException {
            return advance() ? current[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (!advance()) {
                return -1;
            }
            int n = Math.min(length, current.length - position);
            System.arraycopy(current, position, target, offset, n);
            position += n;
            return n;
        }

        @Override
        public long skip(long count) throws IOException {
            requireUsable();
            long left = Math.max(0, count);
            while (left > 0) {
                if (position == current.length && at < index.chunkCount() && index.length(at) <= left) {
                    left -= index.length(at);
                    pass();
                } else if (advance()) {
                    int n = (int) Math.min(left, current.length - position);
                    position += n;
                    left -= n;
                } else {
                    break;
                }
            }
            return Math.max(0, count) - left;
        }

        @Override
        public int available() {
            return current.length - position;
        }

        private void requireUsable() throws IOException {
            if (closed || failed) {
                throw new IOException(closed ? "the stream is closed" : "the stream has failed before");
            }
        }

        /** Makes sure that there is a byte to read; false at the end. */
        private boolean advance() throws IOException {
            requireUsable();
            while (position == current.length) {
                if (at == index.chunkCount()) {
                    return false;
                }
                lookAhead();
                Search head = row.peek();
                if (head != null && head.position == at) {
                    row.remove();
                } else {
                    head = seek(at);
                }
                at++;
                last = head;
                failed = true; // until the chunk is there: what follows a failed one must never pass for the blob
                current = BoundedTasks.result(head.result);
                failed = false;
                position = 0;
            }
            return true;
        }

        /** Leaves the next chunk out. If it is being sought nevertheless, others may wait for it, so that goes on. */
        private void pass() {
            Search head = row.peek();
            if (head != null && head.position == at) {
                row.remove();
            }
            at++;
        }

        private void lookAhead() throws IOException {
            ahead = Math.max(ahead, at);
            while (row.size() < window) {
                ahead = wanted.nextSetBit(ahead);
                if (ahead < 0 || ahead >= index.chunkCount()) {
                    ahead = index.chunkCount();
                    return;
                }
                row.add(seek(ahead++));
            }
        }

        private Search seek(int i) throws IOException {
            ChunkId id = index.id(i);
            int length = index.length(i);
            Search near = last;
            if (near != null && near.id.equals(id)) {
                return new Search(i, id, near.result);
            }
            for (Search other : row) {
                if (other.id.equals(id)) {
                    return new Search(i, id, other.result);
                }
            }
            boolean occursAgain = occurrences.first(id) != i || occurrences.next(i) != Occurrences.NONE;
            if (cache == null && occursAgain && spare == null) {
                spare = new ChunkCache(Files.createTempDirectory("casync-chunks-"));
            }
            ChunkCache keep;
            if (cache != null) {
                keep = occursAgain || !cache.isBounded() ? cache : null;
            } else {
                keep = occursAgain ? spare : null;
            }
            return new Search(i, id, tasks.submit(() -> ladder.get(id, length, keep)));
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                tasks.close();
                if (spare != null) {
                    spare.delete();
                }
                if (cache != null && cache.isBounded()) {
                    keepUnused(cache);
                }
            }
        }

        private void keepUnused(ChunkCache into) throws IOException {
            if (last != null && position < current.length) {
                row.addFirst(last);
            }
            for (Search search : row) {
                if (search.result.state() == Future.State.SUCCESS
                        && !ladder.isAtHand(search.id, index.length(search.position))) {
                    byte[] plain = search.result.resultNow();
                    into.put(search.id, ChunkCodec.compress(plain, 0, plain.length));
                }
            }
        }
    }

    /**
     * Assembles the blob to a file, which appears whole and durable or stays as it was. What an older file of that name
     * holds at the right places is taken from it.
     *
     * @param progress told of bytes that are in place, on any thread
     * @throws IOException when the disk fails, or another process assembles the same file
     * @throws org.vsekai.nebula.casync.CasyncException when a chunk cannot be had; what was got is kept for the next run
     */
    public void assembleTo(Path file, LongConsumer progress) throws IOException {
        Path folder = DurableFiles.folderOf(file);
        Path part = folder.resolve("." + file.getFileName() + ".part");
        try (FileChannel out = FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
                FileLock lock = lock(out, part);
                BoundedTasks tasks = new BoundedTasks(window)) {
            assert lock.isValid();
            long present = Math.min(out.size(), index.blobSize());
            out.truncate(present);
            if (index.blobSize() > present) {
                write(out, ByteBuffer.allocate(1), index.blobSize() - 1); // and zeros before it
            }
            try (FileChannel old = openOld(file)) {
                for (int i = 0; i < index.chunkCount(); i++) {
                    int first = i;
                    if (occurrences.first(index.id(i)) == i) {
                        tasks.run(() -> place(first, out, present, old, progress));
                    }
                }
                tasks.finish();
            }
            out.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.syncFolder(folder);
    }

    private static FileLock lock(FileChannel part, Path path) throws IOException {
        FileLock lock;
        try {
            lock = part.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IOException(path + " is being assembled by another process; wait for it or end it");
        }
        return lock;
    }

    private static @Nullable FileChannel openOld(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) ? FileChannel.open(file, StandardOpenOption.READ) : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Sees to it that the chunk, given by its first position, is in the output wherever it occurs. */
    private void place(int first, FileChannel out, long present, @Nullable FileChannel old, LongConsumer progress)
            throws IOException {
        ChunkId id = index.id(first);
        int length = index.length(first);
        boolean isNull = ladder.isNull(id, length);
        ByteBuffer buffer = ByteBuffer.allocate(length);
        List<Integer> lacking = new ArrayList<>(1);
        int held = Occurrences.NONE;
        for (int i = first; i != Occurrences.NONE; i = occurrences.next(i)) {
            // Beyond what was present there are zeros only, which is right for the null chunk and no other.
            boolean untouched = index.start(i) >= present;
            if (!(untouched && isNull) && !(index.end(i) <= present && holds(out, i, buffer))) {
                lacking.add(i);
                continue;
            }
            ladder.output.add(length);
            progress.accept(length);
            held = i;
        }
        if (lacking.isEmpty()) {
            return;
        }
        byte[] plain;
        if (held != Occurrences.NONE && holds(out, held, buffer)) {
            plain = buffer.array();
        } else if (old != null && holds(old, first, buffer)) {
            ladder.output.add(length);
            plain = buffer.array();
        } else {
            plain = ladder.get(id, length, cache);
        }
        for (int i : lacking) {
            write(out, ByteBuffer.wrap(plain), index.start(i));
            progress.accept(length);
        }
    }

    /** Whether a file has the right bytes at the place of chunk {@code i}; the buffer is filled with them. */
    private boolean holds(FileChannel file, int i, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (file.read(buffer, index.start(i) + buffer.position()) < 0) {
                return false;
            }
        }
        return index.digest().hash(buffer.array(), 0, buffer.capacity()).equals(index.id(i));
    }

    private static void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }
}
