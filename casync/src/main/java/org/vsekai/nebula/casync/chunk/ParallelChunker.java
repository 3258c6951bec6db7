package org.vsekai.nebula.casync.chunk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a blob on many cores, exactly where {@link Chunker} cuts it, and hands each chunk to the caller's code on those
 * cores.
 *
 * <p>The blob is split into segments of equal size. A worker reads its segment with the 48 bytes before and the largest
 * chunk after it. If the worker before has told where the first chunk of the segment starts, it cuts from there, past the
 * least length of each chunk unseen. If not, it does not wait: it finds all candidates for a cut (see {@link CutRule}),
 * which needs no knowledge of earlier segments, and then walks from candidate to candidate. Either way it tells the next
 * worker where the first chunk beyond its segment starts, and only then does the dear part, hashing and handing out the
 * chunks. So what runs one after another is at most the cutting, and where that would keep workers waiting a few hops per
 * segment. Segments are begun in order and no worker waits for a later one, hence none waits forever.
 *
 * <p>Memory: per thread one segment (1 MiB, or the largest chunk if that is more) and one largest chunk. The
 * chunker itself holds no state between calls and may be used by many threads at once.
 */
public final class ParallelChunker {
    /** What the caches of a core hold while it is read, cut, hashed and compressed. */
    private static final int SEGMENT = 1 << 20;

    /** Segments begun and not yet delivered, per thread: enough that no thread waits for the caller's. */
    private static final int WINDOW_PER_THREAD = 2;

    private final ChunkSizes sizes;
    private final ChunkDigest digest;
    private final int threads;
    private final int segmentSize;
    private final boolean neverCutsAtOnce;
    private final CutRule rule;

    /** Takes chunks as they are made: on any worker, in any order, many at once. */
    @FunctionalInterface
    public interface ChunkConsumer {
        /**
         * @param index the chunk's number in the blob, from 0
         * @param start its offset in the blob
         * @param bytes holds it from {@code offset} on; to be read only, and only until this returns
         */
        void accept(long index, long start, ChunkId id, byte[] bytes, int offset, int length) throws IOException;
    }

    /** Takes the table of chunks in blob order, on the caller's thread, each after its {@link ChunkConsumer} returned. */
    @FunctionalInterface
    public interface CutConsumer {
        void accept(int length, ChunkId id);
    }

    /** @param threads how many workers a call uses, at least 1 */
    public ParallelChunker(ChunkSizes sizes, ChunkDigest digest, int threads) {
        this(sizes, digest, threads, Math.max(SEGMENT, sizes.max()), false);
    }

    /** @param neverCutsAtOnce whether workers look for candidates always, as they do when there are very many */
    ParallelChunker(ChunkSizes sizes, ChunkDigest digest, int threads, int segmentSize, boolean neverCutsAtOnce) {
        if (threads < 1) {
            throw new IllegalArgumentException("want at least 1 thread, not " + threads);
        }
        this.sizes = sizes;
        this.digest = digest;
        this.threads = threads;
        this.segmentSize = segmentSize;
        this.neverCutsAtOnce = neverCutsAtOnce;
        this.rule = new CutRule(sizes);
    }

    /**
     * Cuts the blob and returns when every chunk has been handed out, or after the first failure, when no worker runs any
     * more. What a consumer throws comes out of here.
     *
     * @throws IOException when the source fails or the calling thread is interrupted
     */
    public void chunk(BlobSource source, ChunkConsumer chunks, CutConsumer cuts) throws IOException {
        new Run(source, chunks).deliver(cuts);
    }

    /** Where the first chunk at or after a segment's start begins, and its number. */
    private record Handover(long start, long index) {}

    /** The cuts of a segment, in order. */
    private record Cuts(int[] lengths, ChunkId[] ids) {}

    /** One call. */
    private final class Run {
        private final BlobSource source;
        private final ChunkConsumer chunks;
        private final Queue<byte[]> buffers = new ArrayBlockingQueue<>(threads);
        private volatile boolean stopped;

        Run(BlobSource source, ChunkConsumer chunks) {
            this.source = source;
            this.chunks = chunks;
        }

        void deliver(CutConsumer sink) throws IOException {
            Deque<Future<Cuts>> window = new ArrayDeque<>();
            CompletableFuture<Handover> handover = CompletableFuture.completedFuture(new Handover(0, 0));
            long segments = Math.ceilDiv(source.size(), (long) segmentSize);
            long begun = 0;
            int workers = (int) Math.min(threads, Math.max(1, segments));
            try (ExecutorService pool = Executors.newFixedThreadPool(
                    workers, Thread.ofPlatform().daemon().name("chunker-", 0).factory())) {
                try {
                    while (begun < segments || !window.isEmpty()) {
                        if (begun < segments && window.size() < WINDOW_PER_THREAD * workers) {
                            long segmentStart = begun++ * segmentSize;
                            CompletableFuture<Handover> before = handover;
                            CompletableFuture<Handover> after = new CompletableFuture<>();
                            window.add(pool.submit(() -> segment(segmentStart, before, after)));
                            handover = after;
                            continue;
                        }
                        Cuts cuts = window.remove().get();
                        for (int i = 0; i < cuts.lengths.length; i++) {
                            sink.accept(cuts.lengths[i], cuts.ids[i]);
                        }
                    }
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while cutting " + source.name());
                } finally {
                    stopped = true;
                }
            }
        }

        private Cuts segment(long start, CompletableFuture<Handover> before, CompletableFuture<Handover> after)
                throws IOException {
            byte @Nullable [] buffer = null;
            try {
                checkRunning();
                long readFrom = Math.max(0, start - CutRule.WINDOW);
                long end = Math.min(source.size(), start + segmentSize);
                int filled = (int) (Math.min(source.size(), end + sizes.max()) - readFrom);
                buffer = buffers.poll();
                if (buffer == null) {
                    long largest = (long) CutRule.WINDOW + segmentSize + sizes.max();
                    buffer = new byte[(int) Math.min(source.size(), largest)];
                }
                source.read(readFrom, buffer, 0, filled);
                int segmentEnd = (int) (end - readFrom);
                int @Nullable [] candidates = before.isDone() && !neverCutsAtOnce
                        ? null
                        : rule.candidates(buffer, Math.min(CutRule.WINDOW, segmentEnd), segmentEnd);

                Handover first = before.join();
                int firstChunk = Math.toIntExact(first.start - readFrom);
                int[] lengths = candidates == null
                        ? cut(buffer, filled, firstChunk, segmentEnd)
                        : walk(buffer, filled, firstChunk, segmentEnd, candidates);
                long next = first.start + Arrays.stream(lengths).asLongStream().sum();
                after.complete(new Handover(next, first.index + lengths.length));
                return handOut(buffer, firstChunk, first, lengths);
            } catch (CompletionException e) {
                after.completeExceptionally(e.getCause());
                throw e;
            } catch (IOException | RuntimeException | Error e) {
                after.completeExceptionally(e);
                throw e;
            } finally {
                if (buffer != null) {
                    buffers.add(buffer);
                }
            }
        }

        /** The lengths of the chunks that start in the segment, given the first; all places are in the buffer. */
        private int[] cut(byte[] buffer, int filled, int firstChunk, int segmentEnd) {
            int[] lengths = new int[16];
            int count = 0;
            for (int at = firstChunk; at < segmentEnd; at += lengths[count++]) {
                if (count == lengths.length) {
                    lengths = Arrays.copyOf(lengths, 2 * count);
                }
                lengths[count] = rule.cut(buffer, at, filled - at);
            }
            return Arrays.copyOf(lengths, count);
        }

        /** The same, given all places in the segment where a chunk may end. */
        private int[] walk(byte[] buffer, int filled, int firstChunk, int segmentEnd, int[] candidates) {
            int[] lengths = new int[16];
            int count = 0;
            int candidate = 0;
            for (int at = firstChunk; at < segmentEnd; at += lengths[count++]) {
                if (count == lengths.length) {
                    lengths = Arrays.copyOf(lengths, 2 * count);
                }
                while (candidate < candidates.length && candidates[candidate] <= at + sizes.min()) {
                    candidate++;
                }
                int limit = at + sizes.max();
                if (candidate < candidates.length && candidates[candidate] <= limit) {
                    lengths[count] = candidates[candidate] - at;
                } else if (limit <= segmentEnd) {
                    lengths[count] = sizes.max();
                } else {
                    // It ends beyond the segment, where nobody has looked for candidates on our behalf.
                    lengths[count] = rule.cut(buffer, at, filled - at);
                }
            }
            return Arrays.copyOf(lengths, count);
        }

        private Cuts handOut(byte[] buffer, int firstChunk, Handover first, int[] lengths) throws IOException {
            ChunkId[] ids = new ChunkId[lengths.length];
            int at = firstChunk;
            for (int i = 0; i < lengths.length; i++) {
                checkRunning();
                ids[i] = digest.hash(buffer, at, lengths[i]);
                long start = first.start + (at - firstChunk);
                chunks.accept(first.index + i, start, ids[i], buffer, at, lengths[i]);
                at += lengths[i];
            }
            return new Cuts(lengths, ids);
        }

        private void checkRunning() {
            if (stopped) {
                throw new CancellationException("another segment of " + source.name() + " failed");
            }
        }

        private static IOException failure(@Nullable Throwable cause) {
            return switch (cause) {
                case CompletionException handedOver -> failure(handedOver.getCause());
                case RuntimeException fault -> throw fault;
                case Error fault -> throw fault;
                case IOException fault -> fault;
                case null, default -> new IOException(cause);
            };
        }
    }
}
