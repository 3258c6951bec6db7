package org.vsekai.nebula.stores;

import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.casync.store.WritableStore;

/** Reads by one way and writes by another, for stores that only stand in front of others. */
record ReadThrough(ReadableStore reader, WritableStore writer) implements WritableStore {
    @Override
    public String name() {
        return reader.name();
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        return reader.getStored(id, maxStoredBytes);
    }

    @Override
    public boolean has(ChunkId id) {
        return reader.has(id);
    }

    @Override
    public boolean put(ChunkId id, byte[] stored) {
        return writer.put(id, stored);
    }

    @Override
    public void close() {
        reader.close();
    }
}
