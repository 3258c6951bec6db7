package org.vsekai.nebula.launcher.chunks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * A chunk with what an index tells of it.
 *
 * @param start where it first occurs in the blob, in bytes
 * @param length of the plain chunk in bytes
 * @param digest that its id is made with
 */
record NamedChunk(ChunkId id, long start, int length, ChunkDigest digest) {
    /** The chunks of some indexes, each once, in the order of the indexes. */
    static Map<ChunkId, NamedChunk> of(List<ChunkIndex> indexes) {
        Map<ChunkId, NamedChunk> named = new LinkedHashMap<>();
        for (ChunkIndex index : indexes) {
            for (int i = 0; i < index.chunkCount(); i++) {
                ChunkId id = index.id(i);
                named.putIfAbsent(id, new NamedChunk(id, index.start(i), index.length(i), index.digest()));
            }
        }
        return named;
    }

    static long totalLength(Iterable<NamedChunk> chunks) {
        long total = 0;
        for (NamedChunk chunk : chunks) {
            total += chunk.length;
        }
        return total;
    }

    /** The most bytes that it can take up in a store. */
    int maxStoredBytes() {
        return ChunkCodec.maxStoredBytes(length);
    }

    /**
     * The chunk as a store has it, verified.
     *
     * @throws ChunkCorruptException when it is not this chunk
     */
    byte[] getStored(ReadableStore store) {
        byte[] stored = store.getStored(id, maxStoredBytes());
        plain(stored, store.name());
        return stored;
    }

    /** The plain bytes of a stored form, verified. */
    byte[] plain(byte[] stored, String store) {
        return ChunkCodec.verify(id, digest, stored, length, store);
    }
}
