package org.vsekai.nebula.casync.pack;

import java.util.List;

/**
 * One zstd frame of a pack.
 *
 * @param offset where it begins in the pack
 * @param length its bytes in the pack
 * @param plainLength the bytes of its chunks
 * @param firstChunk number in the pack of its first chunk
 * @param chunkCount how many chunks it holds, at least 1
 * @param base what it was compressed against, in this order; empty for none
 * @param baseLength the bytes of all that
 */
public record PackFrame(
        long offset, int length, int plainLength, int firstChunk, int chunkCount, List<ChunkRun> base, int baseLength) {
    public PackFrame {
        base = List.copyOf(base);
    }

    /** The offset in the pack behind the frame. */
    public long end() {
        return offset + length;
    }

    /** The number of the chunk behind the last. */
    public int endChunk() {
        return firstChunk + chunkCount;
    }
}
