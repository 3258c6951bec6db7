package org.vsekai.nebula.casync.store;

import java.nio.ByteBuffer;

/**
 * A file of known size that is read by ranges, near or far. What it hands out is not verified. Implementations are safe for
 * use by many threads; a call blocks, for a bounded time.
 */
public interface RangeReader extends AutoCloseable {
    /** What errors call the file: a path or URL. */
    String name();

    /**
     * Reads the range that begins at {@code offset} and fills the rest of the buffer.
     *
     * @throws org.vsekai.nebula.casync.StoreUnavailableException when the file cannot be had or lacks that range
     */
    void read(long offset, ByteBuffer target);

    /** Requests sent so far, answered or not; 0 for a file at hand. */
    long requests();

    /** Bytes received so far, those of answers that broke off included; 0 for a file at hand. */
    long receivedBytes();

    @Override
    default void close() {}
}
