package org.vsekai.nebula.casync;

import org.vsekai.nebula.casync.chunk.ChunkId;

/** A store holds bytes under a chunk's name that are not that chunk. Another store may hold the right ones. */
public final class ChunkCorruptException extends CasyncException {
    private final transient ChunkId id;
    private final String store;
    private final String reason;

    public ChunkCorruptException(ChunkId id, String store, String reason) {
        super("chunk %s in %s is corrupt: %s".formatted(id, store, reason), null);
        this.id = id;
        this.store = store;
        this.reason = reason;
    }

    @Override
    public String code() {
        return "chunk-corrupt";
    }

    public ChunkId id() {
        return id;
    }

    /** Name of the store that the bytes came from. */
    public String store() {
        return store;
    }

    public String reason() {
        return reason;
    }
}
