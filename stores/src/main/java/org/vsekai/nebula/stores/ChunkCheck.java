package org.vsekai.nebula.stores;

import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.store.ChunkCodec;

/** Whether stored bytes are a chunk, by either digest: ids do not tell which one they were made with. */
final class ChunkCheck {
    private ChunkCheck() {}

    /** @throws ChunkCorruptException unless they are */
    static byte[] require(ChunkId id, byte[] stored, String store) {
        try {
            byte[] unused = ChunkCodec.verifyAtMost(id, ChunkDigest.SHA512_256, stored, ChunkSizes.MAX_LIMIT, store);
        } catch (ChunkCorruptException e) {
            try {
                byte[] unused = ChunkCodec.verifyAtMost(id, ChunkDigest.SHA256, stored, ChunkSizes.MAX_LIMIT, store);
            } catch (ChunkCorruptException other) {
                throw e;
            }
        }
        return stored;
    }
}
