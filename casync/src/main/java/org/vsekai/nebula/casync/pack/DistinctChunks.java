package org.vsekai.nebula.casync.pack;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * The distinct chunks of an index by first occurrence, less the all-zero chunk of the largest size, which nobody stores
 * or fetches. Packs name chunks by their number in this list: the ids are in the index already. Immutable.
 */
final class DistinctChunks {
    private final ChunkIndex index;
    private final int[] positions;
    private final Map<ChunkId, Integer> numbers;
    private final int nullLength;
    private final ChunkId nullId;

    DistinctChunks(ChunkIndex index) {
        this.index = index;
        this.numbers = HashMap.newHashMap(index.chunkCount());
        int[] found = new int[index.chunkCount()];
        int max = index.sizes().max();
        boolean mayHaveNull = false;
        for (int i = 0; i < index.chunkCount() && !mayHaveNull; i++) {
            mayHaveNull = index.length(i) == max;
        }
        byte[] zeros = new byte[mayHaveNull ? max : 0];
        this.nullLength = zeros.length;
        this.nullId = index.digest().hash(zeros, 0, zeros.length);
        for (int i = 0; i < index.chunkCount(); i++) {
            ChunkId id = index.id(i);
            if (!isNull(i) && numbers.putIfAbsent(id, numbers.size()) == null) {
                found[numbers.size() - 1] = i;
            }
        }
        this.positions = Arrays.copyOf(found, numbers.size());
    }

    ChunkIndex index() {
        return index;
    }

    /** Whether a position of the index has the all-zero chunk of the largest size. */
    boolean isNull(int position) {
        return index.length(position) == nullLength && index.id(position).equals(nullId);
    }

    int size() {
        return positions.length;
    }

    /** Where the chunk of a number first occurs in the index. */
    int position(int number) {
        return positions[number];
    }

    ChunkId id(int number) {
        return index.id(positions[number]);
    }

    int length(int number) {
        return index.length(positions[number]);
    }

    boolean contains(ChunkId id) {
        return numbers.containsKey(id);
    }
}
