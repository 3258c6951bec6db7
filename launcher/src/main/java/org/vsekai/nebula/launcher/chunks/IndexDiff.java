package org.vsekai.nebula.launcher.chunks;

import java.util.List;
import java.util.Map;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * What an update from one blob to another has to do, as far as their indexes tell. Counts are of plain bytes.
 *
 * @param fetch the chunks that the old blob lacks, each once
 * @param keptBytes what is in the old blob at the same place
 * @param movedBytes what is in the old blob elsewhere, or comes for nothing: the all-zero chunk of the largest size
 */
record IndexDiff(ChunkIndex from, ChunkIndex to, Map<ChunkId, NamedChunk> fetch, long keptBytes, long movedBytes) {
    /** @throws IllegalArgumentException when their ids cannot be compared */
    static IndexDiff between(ChunkIndex from, ChunkIndex to) {
        if (from.digest() != to.digest()) {
            throw new IllegalArgumentException(
                    "the ids of one index are %s and those of the other %s: nothing is common"
                            .formatted(from.digest().text(), to.digest().text()));
        }
        Map<ChunkId, NamedChunk> known = NamedChunk.of(List.of(from));
        Map<ChunkId, NamedChunk> fetch = NamedChunk.of(List.of(to));
        fetch.keySet().removeAll(known.keySet());
        byte[] zeros = new byte[to.sizes().max()];
        fetch.remove(to.digest().hash(zeros, 0, zeros.length));
        long kept = 0;
        long moved = 0;
        for (int i = 0; i < to.chunkCount(); i++) {
            if (isInPlace(from, to, i)) {
                kept += to.length(i);
            } else if (!fetch.containsKey(to.id(i))) {
                moved += to.length(i);
            }
        }
        return new IndexDiff(from, to, fetch, kept, moved);
    }

    private static boolean isInPlace(ChunkIndex from, ChunkIndex to, int i) {
        long start = to.start(i);
        if (start >= from.blobSize()) {
            return false;
        }
        int there = from.chunkAt(start);
        return from.start(there) == start && from.id(there).equals(to.id(i));
    }

    long fetchBytes() {
        return NamedChunk.totalLength(fetch.values());
    }
}
