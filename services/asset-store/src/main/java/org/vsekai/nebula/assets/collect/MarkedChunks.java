package org.vsekai.nebula.assets.collect;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vsekai.nebula.casync.chunk.ChunkId;

/**
 * The chunks that are needed, by the first 8 bytes of their ids. An id is a digest, so these are as good as a hash of 64
 * bits; a chunk that is not needed and shares them with one that is stays for nothing, and none is lost by it. It takes 8
 * bytes a chunk, and 20 for moments while it grows. Not thread-safe.
 */
final class MarkedChunks {
    private static final int FIRST = 1 << 16;

    private final int limit;
    private long[] sorted = new long[FIRST];
    private int count;
    private int sortedCount;
    private final Set<Long> late = new HashSet<>();

    /** @param limit the most chunks that may be marked */
    MarkedChunks(int limit) {
        this.limit = limit;
    }

    /** There are more chunks than memory was given for. */
    static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManyException(int limit) {
            super("more than " + limit
                    + " chunks are needed; raise nebula.collect.max-marked-chunks, 8 bytes of memory each");
        }
    }

    /** @throws TooManyException beyond the limit */
    void add(ChunkId id) {
        add(id.w0());
    }

    private void add(long word) {
        if (count == sorted.length) {
            compact();
            if (count > sorted.length / 4 * 3) {
                if (count >= limit) {
                    throw new TooManyException(limit);
                }
                sorted = Arrays.copyOf(sorted, (int) Math.min(Math.max(limit, FIRST), sorted.length * 3L / 2));
            }
        }
        sorted[count++] = word;
    }

    private void compact() {
        Arrays.sort(sorted, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (kept == 0 || sorted[kept - 1] != sorted[i]) {
                sorted[kept++] = sorted[i];
            }
        }
        count = kept;
        sortedCount = kept;
    }

    /** Ends the adding of many; a few more may follow one by one with {@link #addLate}. */
    void seal() {
        compact();
    }

    /** Marks one more after {@link #seal()}. */
    void addLate(ChunkId id) {
        if (!contains(id) && late.add(id.w0()) && late.size() == FIRST) {
            // Boxed they take more room than sorted in.
            List<Long> some = List.copyOf(late);
            late.clear();
            for (long word : some) {
                add(word);
            }
            compact();
        }
    }

    /** Whether a chunk is marked; after {@link #seal()} only. */
    boolean contains(ChunkId id) {
        return Arrays.binarySearch(sorted, 0, sortedCount, id.w0()) >= 0 || late.contains(id.w0());
    }

    int size() {
        return sortedCount + late.size();
    }
}
