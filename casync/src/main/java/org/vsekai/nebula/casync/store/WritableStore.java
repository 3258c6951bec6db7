package org.vsekai.nebula.casync.store;

import org.vsekai.nebula.casync.chunk.ChunkId;

/** A store that also takes chunks. */
public interface WritableStore extends ReadableStore {
    /**
     * Stores a chunk that the caller has made or verified; the first one under a name stays. Unless the store was told
     * otherwise, the chunk survives power loss once this returned, whoever stored it.
     *
     * @param stored as {@link ChunkCodec#compress} makes it
     * @return false when it was there already
     * @throws org.vsekai.nebula.casync.StoreUnavailableException when the store cannot be asked or refuses
     * @throws java.io.UncheckedIOException when the local disk fails, a full one included; no part of the chunk is left
     */
    boolean put(ChunkId id, byte[] stored);

    /** Makes every chunk put so far durable. Does nothing where {@link #put} already did. */
    default void sync() {}
}
