package org.vsekai.nebula.casync.chunk;

import java.io.IOException;

/**
 * Bytes of known size that can be read at any place. Its size is fixed when it is opened; a source that turns out shorter
 * or different fails the read. Implementations are safe for use by many threads at once.
 */
public interface BlobSource extends AutoCloseable {
    /** Size in bytes. */
    long size();

    /**
     * Reads exactly {@code length} bytes from {@code position} on.
     *
     * @throws IOException when the bytes cannot be read in full; the message names the source
     * @throws IndexOutOfBoundsException when the range reaches beyond {@link #size()}
     */
    void read(long position, byte[] target, int offset, int length) throws IOException;

    /** What errors call this source: a path or URL. */
    String name();

    @Override
    void close() throws IOException;
}
