package org.vsekai.nebula.casync.chunk;

import java.io.IOException;
import java.io.InputStream;

/**
 * Cuts a stream into chunks, one after another, where desync cuts it. Its memory is a buffer of a little more than the
 * largest chunk. Not thread-safe; {@link ParallelChunker} cuts a {@link BlobSource} on many cores.
 */
public final class Chunker {
    private static final int READ_AHEAD = 256 << 10;

    private final InputStream in;
    private final CutRule rule;
    private final int max;
    private final byte[] buffer;
    private int chunkStart;
    private int chunkEnd;
    private int filled;
    private boolean ended;
    private long start;

    /** Takes the stream from where it is; closing it stays with the caller. */
    public Chunker(InputStream in, ChunkSizes sizes) {
        this.in = in;
        this.rule = new CutRule(sizes);
        this.max = sizes.max();
        this.buffer = new byte[max + READ_AHEAD];
    }

    /**
     * Moves to the next chunk.
     *
     * @return its length in bytes, 0 after the last
     */
    public int next() throws IOException {
        start += length();
        chunkStart = chunkEnd;
        if (filled - chunkStart < max && !ended) {
            fill();
        }
        int length = rule.cut(buffer, chunkStart, filled - chunkStart);
        chunkEnd = chunkStart + length;
        return length;
    }

    private void fill() throws IOException {
        System.arraycopy(buffer, chunkStart, buffer, 0, filled - chunkStart);
        filled -= chunkStart;
        chunkStart = 0;
        int got = in.readNBytes(buffer, filled, buffer.length - filled);
        filled += got;
        ended = filled < buffer.length;
    }

    /** Offset of the current chunk in the stream. */
    public long start() {
        return start;
    }

    /** Length of the current chunk in bytes. */
    public int length() {
        return chunkEnd - chunkStart;
    }

    /** Where the current chunk's bytes are until {@link #next()} is called: from {@link #offset()} on. */
    public byte[] buffer() {
        return buffer;
    }

    /** See {@link #buffer()}. */
    public int offset() {
        return chunkStart;
    }

    /** The id of the current chunk. */
    public ChunkId id(ChunkDigest digest) {
        return digest.hash(buffer, chunkStart, length());
    }
}
