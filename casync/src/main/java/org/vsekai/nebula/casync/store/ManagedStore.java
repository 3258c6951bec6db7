package org.vsekai.nebula.casync.store;

import java.time.Instant;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.chunk.ChunkId;

/** A store that can also tell what it holds and be rid of it, as a collector of garbage needs. */
public interface ManagedStore extends WritableStore {
    /**
     * A chunk as it lies in a store.
     *
     * @param storedBytes its size as stored
     * @param lastModified when it came, by the store's clock
     */
    record StoredChunk(ChunkId id, long storedBytes, Instant lastModified) {
        public StoredChunk {
            if (storedBytes < 0) {
                throw new IllegalArgumentException("want a size, not " + storedBytes);
            }
        }
    }

    /**
     * Every chunk, in no order; what is not a chunk is passed over. Chunks that are put or removed while the stream is
     * read may or may not be among them. Close the stream: it may hold folders or connections open.
     *
     * @throws org.vsekai.nebula.casync.StoreUnavailableException now or while the stream is read, when the store cannot be
     *     asked or fails to answer
     */
    Stream<StoredChunk> list();

    /**
     * Removes a chunk, as a cache does with a corrupt one and a collector with an unused one.
     *
     * @return false when there was none, as far as the store tells
     * @throws org.vsekai.nebula.casync.StoreUnavailableException when the store cannot be asked or refuses
     */
    boolean remove(ChunkId id);
}
