package org.vsekai.nebula.casync.pack;

/**
 * Neighbouring chunks of a base index.
 *
 * @param first position in the base index
 * @param count how many, at least 1
 */
public record ChunkRun(int first, int count) {
    public ChunkRun {
        if (first < 0 || count < 1 || first > Integer.MAX_VALUE - count) {
            throw new IllegalArgumentException("a run of %d chunks from %d on".formatted(count, first));
        }
    }

    /** The position behind the last. */
    public int end() {
        return first + count;
    }
}
