package org.vsekai.nebula.stores;

import java.util.HashMap;
import java.util.Map;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ReadableStore;

/** Chunks in memory, a count of the questions, and a switch. */
final class FakeStore implements ReadableStore {
    final Map<ChunkId, byte[]> chunks = new HashMap<>();
    private final String name;
    int asked;
    boolean isDown;

    FakeStore(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    private void ask() {
        asked++;
        if (isDown) {
            throw new StoreUnavailableException(name, "switched off", null);
        }
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        ask();
        if (!chunks.containsKey(id)) {
            throw new ChunkMissingException(id, name);
        }
        return chunks.get(id);
    }

    @Override
    public boolean has(ChunkId id) {
        ask();
        return chunks.containsKey(id);
    }
}
