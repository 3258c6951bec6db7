package org.vsekai.nebula.launcher.chunks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.store.ReadableStore;

/** Stores that are asked in turn until one has a chunk, and has it right. Thread-safe. */
final class Sources implements AutoCloseable {
    private final List<ReadableStore> opened = new ArrayList<>();

    /** @param locations at least one */
    Sources(StoreAccess access, List<String> locations) {
        locations.forEach(location -> opened.add(access.open(location)));
    }

    /**
     * A chunk as stored, verified. When no store has it, a store that could not be asked is reported before one that has it
     * wrong, and that before one that lacks it.
     */
    byte[] getStored(NamedChunk chunk) {
        return first(chunk, chunk::getStored);
    }

    /** Size of a chunk as stored in bytes, at the first store that holds it. Nothing is verified. */
    long storedSize(NamedChunk chunk) {
        return first(chunk, store -> store.storedSize(chunk.id(), chunk.maxStoredBytes()));
    }

    private <T> T first(NamedChunk chunk, Function<ReadableStore, T> question) {
        CasyncException worst = null;
        for (ReadableStore store : opened) {
            try {
                return question.apply(store);
            } catch (ChunkMissingException | ChunkCorruptException | StoreUnavailableException e) {
                worst = worst == null || gravity(e) > gravity(worst) ? e : worst;
            }
        }
        throw worst == null ? new ChunkMissingException(chunk.id(), "any store: none was named") : worst;
    }

    private static int gravity(CasyncException failure) {
        return switch (failure) {
            case StoreUnavailableException e -> 2;
            case ChunkCorruptException e -> 1;
            default -> 0;
        };
    }

    @Override
    public void close() {
        opened.forEach(ReadableStore::close);
    }
}
