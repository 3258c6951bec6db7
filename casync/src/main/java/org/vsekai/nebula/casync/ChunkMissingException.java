package org.vsekai.nebula.casync;

import org.vsekai.nebula.casync.chunk.ChunkId;

/** A store answered, and does not hold the chunk. Another store may. */
public final class ChunkMissingException extends CasyncException {
    private final transient ChunkId id;
    private final String store;

    public ChunkMissingException(ChunkId id, String store) {
        super("chunk %s is not in %s".formatted(id, store), null);
        this.id = id;
        this.store = store;
    }

    @Override
    public String code() {
        return "chunk-missing";
    }

    public ChunkId id() {
        return id;
    }

    /** Name of the store that was asked. */
    public String store() {
        return store;
    }
}
