package org.vsekai.nebula.launcher.assembly;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;

/**
 * The content of one index. A chunk comes, in this order, from nothing (if it is all zeros), from a seed, from the cache, from
 * the origins; what the origins give goes to the cache, so that no chunk is fetched twice, however often it occurs and however
 * often the work is interrupted.
 *
 * <p>Memory: {@code inFlight} chunks, or fewer if they are so large that {@value #WINDOW_BYTES} bytes do not hold as many.
 */
public final class Assembly {
    private static final long WINDOW_BYTES = 64L << 20;

    private final ChunkIndex index;
    private final List<Seed> seeds;
    private final ChunkCache cache;
    private final Origins origins;
    private final int inFlight;
    private final ChunkId zeroChunk;
    private final Map<ChunkId, Object> fetching = new ConcurrentHashMap<>();
    private final AtomicLong seedBytes = new AtomicLong();
    private final AtomicLong fetchedChunks = new AtomicLong();

    /** @param inFlight chunks being got at once, 1 to 64 are sensible */
    public Assembly(ChunkIndex index, List<Seed> seeds, ChunkCache cache, Origins origins, int inFlight) {
        this.index = index;
        this.seeds = List.copyOf(seeds);
        this.cache = cache;
        this.origins = origins;
        int max = index.sizes().max();
        this.inFlight = (int) Math.max(1, Math.min(inFlight, WINDOW_BYTES / max));
        this.zeroChunk = index.digest().hash(new byte[max], 0, max);
    }

    /** Bytes that came from seeds. */
    public long seedBytes() {
        return seedBytes.get();
    }

    /** Chunks that came from the origins. */
    public long fetchedChunks() {
        return fetchedChunks.get();
    }

    /** What the seeds do not list and the cache does not hold: length by id, in the order of first occurrence. */
    public Map<ChunkId, Integer> missing() {
        Map<ChunkId, Integer> missing = new LinkedHashMap<>();
        for (int i = 0; i < index.chunkCount(); i++) {
            ChunkId id = index.id(i);
            if (!isZero(id, index.length(i))
                    && !missing.containsKey(id)
                    && seeds.stream().noneMatch(seed -> seed.lists(id))
                    && !cache.has(id)) {
                missing.put(id, index.length(i));
            }
        }
        return missing;
    }

    /**
     * Brings the given chunks into the cache.
     *
     * @param done is told the length of each chunk that is there now, from any thread
     */
    public void fetch(Map<ChunkId, Integer> missing, LongConsumer done) throws IOException {
        List<Callable<Void>> tasks = new ArrayList<>(missing.size());
        missing.forEach((id, length) -> tasks.add(() -> {
            cache.put(id, origins.fetch(id, index.digest(), length).stored());
            fetchedChunks.incrementAndGet();
            done.accept(length);
            return null;
        }));
        runAll(tasks);
    }

    private byte[] content(int i) throws IOException {
        return content(index.id(i), index.length(i));
    }

    private byte[] content(ChunkId id, int length) throws IOException {
        if (isZero(id, length)) {
            return new byte[length];
        }
        byte[] content = new byte[length];
        for (Seed seed : seeds) {
            if (seed.read(id, content, length)) {
                seedBytes.addAndGet(length);
                return content;
            }
        }
        // One thread fetches; others that need the same chunk meanwhile wait and find it in the cache.
        Object turn = fetching.computeIfAbsent(id, key -> new Object());
        synchronized (turn) {
            Optional<byte[]> stored = cache.find(id, ChunkCodec.maxStoredBytes(length));
            if (stored.isPresent()) {
                try {
                    return ChunkCodec.verify(id, index.digest(), stored.get(), length, "the cache");
                } catch (CasyncException e) {
                    cache.remove(id); // Damaged by a crash; it is fetched again.
                }
            }
            Origins.Fetched fetched = origins.fetch(id, index.digest(), length);
            fetchedChunks.incrementAndGet();
            cache.put(id, fetched.stored());
            return fetched.content();
        }
    }

    private boolean isZero(ChunkId id, int length) {
        return length == index.sizes().max() && id.equals(zeroChunk);
    }

    /** Writes the blob to a file: whole or not at all. */
    public void writeTo(Path file, LongConsumer progress) throws IOException {
        Map<ChunkId, List<Integer>> occurrences = HashMap.newHashMap(index.chunkCount());
        for (int i = 0; i < index.chunkCount(); i++) {
            occurrences.computeIfAbsent(index.id(i), id -> new ArrayList<>(1)).add(i);
        }
        Path temporary = DurableFiles.temporaryIn(DurableFiles.folderOf(file), "." + file.getFileName() + ".tmp-");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                List<Callable<Void>> tasks = new ArrayList<>(occurrences.size());
                occurrences.forEach((id, places) -> tasks.add(() -> {
                    byte[] content = content(id, index.length(places.getFirst()));
                    for (int i : places) {
                        writeFully(channel, content, index.start(i));
                        progress.accept(content.length);
                    }
                    return null;
                }));
                runAll(tasks);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableFiles.syncFolder(DurableFiles.folderOf(file));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void writeFully(FileChannel channel, byte[] content, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    /** Runs tasks, {@code inFlight} at a time, and stops at the first failure. */
    private void runAll(Iterable<Callable<Void>> tasks) throws IOException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Semaphore turns = new Semaphore(inFlight);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Callable<Void> task : tasks) {
                turns.acquire();
                if (failure.get() != null) {
                    break;
                }
                workers.execute(() -> {
                    try {
                        task.call();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    } finally {
                        turns.release();
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while chunks were being got");
        }
        Throwable first = failure.get();
        if (first != null) {
            throw rethrown(first);
        }
    }

    private static IOException rethrown(Throwable failure) {
        switch (failure) {
            case IOException e -> {
                return e;
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** The blob from its start to its end. To be read by one thread, and closed. */
    public InputStream stream() {
        return new Stream();
    }

    private final class Stream extends InputStream {
        private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        private final Deque<Future<byte[]>> window = new ArrayDeque<>();
        private int next;
        private byte[] current = new byte[0];
        private int position;

        @Override
        public int read() throws IOException {
            return advance() ? current[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!advance()) {
                return -1;
            }
            int count = Math.min(length, current.length - position);
            System.arraycopy(current, position, target, offset, count);
            position += count;
            return count;
        }

        private boolean advance() throws IOException {
            while (position == current.length) {
                while (window.size() < inFlight && next < index.chunkCount()) {
                    int i = next++;
                    window.add(workers.submit(() -> content(i)));
                }
                if (window.isEmpty()) {
                    return false;
                }
                try {
                    current = window.remove().get();
                    position = 0;
                } catch (ExecutionException e) {
                    throw rethrown(e.getCause() == null ? e : e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while chunks were being got");
                }
            }
            return true;
        }

        @Override
        public void close() {
            workers.shutdownNow();
            workers.close();
        }
    }
}
