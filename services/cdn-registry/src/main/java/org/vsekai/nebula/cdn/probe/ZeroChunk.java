package org.vsekai.nebula.cdn.probe;

import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.Stores;

/** The chunk that every store always holds: the largest chunk of the default sizes, all zero. */
final class ZeroChunk {
    /** Plain bytes: the default maximum of 256 KiB, so that no cut can fall inside it. */
    static final int LENGTH = 256 << 10;

    static final ChunkId ID = ChunkDigest.SHA512_256.hash(new byte[LENGTH], 0, LENGTH);

    /** Below a CDN's base URI. */
    static final String PATH = "chunks/" + Stores.path(ID);

    /** No stored form of it needs more. */
    static final int MAX_STORED_BYTES = ChunkCodec.maxStoredBytes(LENGTH);

    private ZeroChunk() {}

    /**
     * Checks stored bytes.
     *
     * @throws ChunkCorruptException if they are not this chunk
     */
    static void verify(byte[] stored, String source) {
        byte[] unused = ChunkCodec.verify(ID, ChunkDigest.SHA512_256, stored, LENGTH, source);
    }
}
