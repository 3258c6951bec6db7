package org.vsekai.nebula.casync.assemble;

import java.io.IOException;
import org.vsekai.nebula.casync.chunk.ChunkId;

/**
 * Data at hand that may hold chunks of the blob to be assembled. Thread-safe. A seed is a hope: whatever it hands out was
 * hashed, and one that has changed since it was indexed lacks the chunks concerned and no others.
 */
public interface Seed extends AutoCloseable {
    /** What reports call the seed: a path. */
    String name();

    /** Whether the seed is said to have the chunk. Nothing is read, so {@link #read} may know better. */
    boolean lists(ChunkId id);

    /**
     * Reads a chunk.
     *
     * @param target takes {@code length} bytes from its start on; its content is undefined unless the answer is true
     * @return whether the seed has the chunk still
     */
    boolean read(ChunkId id, int length, byte[] target);

    @Override
    default void close() throws IOException {}
}
