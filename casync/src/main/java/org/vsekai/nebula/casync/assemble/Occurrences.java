package org.vsekai.nebula.casync.assemble;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/** Where each distinct chunk of an index occurs, as chains of positions in rising order. Immutable. */
final class Occurrences {
    static final int NONE = -1;

    private final Map<ChunkId, Integer> first;
    private final int[] next;

    Occurrences(ChunkIndex index) {
        int count = index.chunkCount();
        first = HashMap.newHashMap(count);
        next = new int[count];
        Arrays.fill(next, NONE);
        for (int i = count - 1; i >= 0; i--) {
            Integer later = first.put(index.id(i), i);
            next[i] = later == null ? NONE : later;
        }
    }

    /** The first position of a chunk in the index, or {@link #NONE}. */
    int first(ChunkId id) {
        return Objects.requireNonNullElse(first.get(id), NONE);
    }

    /** The next position of the chunk that is at {@code i}, or {@link #NONE}. */
    int next(int i) {
        return next[i];
    }
}
