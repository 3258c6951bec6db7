package org.vsekai.nebula.casync.store;

import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;

/**
 * A place that chunks are read from. What it hands out is as stored and not verified: pass it to {@link ChunkCodec}.
 * Implementations are safe for use by many threads; a call blocks, for a bounded time.
 */
public interface ReadableStore extends AutoCloseable {
    /** What errors call this store: a path or URL, without credentials. */
    String name();

    /**
     * Reads a chunk as stored.
     *
     * @param maxStoredBytes refuse a larger one before taking memory for it; see {@link ChunkCodec#maxStoredBytes(int)}
     * @throws ChunkMissingException when the store answers that it has none
     * @throws ChunkCorruptException when it is larger than allowed
     * @throws StoreUnavailableException when the store cannot be asked or fails to answer
     */
    byte[] getStored(ChunkId id, int maxStoredBytes);

    /**
     * Whether the store holds bytes under this name.
     *
     * @throws StoreUnavailableException when the store cannot be asked or fails to answer
     */
    boolean has(ChunkId id);

    /**
     * How many bytes a chunk takes up as stored. Stores that can tell do so without sending the chunk.
     *
     * @param maxStoredBytes as for {@link #getStored}
     * @throws ChunkMissingException when the store answers that it has none
     * @throws StoreUnavailableException when the store cannot be asked or fails to answer
     */
    default long storedSize(ChunkId id, int maxStoredBytes) {
        return getStored(id, maxStoredBytes).length;
    }

    @Override
    default void close() {}
}
