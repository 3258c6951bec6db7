package org.vsekai.nebula.launcher.assembly;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * Stores that hold the same chunks, best first. A chunk that one lacks, spoils or cannot give now is asked of the next. A store
 * that was unavailable several times in a row is asked last from then on. Thread-safe.
 */
public final class Origins {
    private static final int STRIKES = 3;

    private final List<Origin> origins;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();

    private static final class Origin {
        final ReadableStore store;
        volatile int strikes;

        Origin(ReadableStore store) {
            this.store = store;
        }
    }

    /** A chunk in both its forms. */
    public record Fetched(byte[] stored, byte[] content) {}

    public Origins(List<? extends ReadableStore> stores) {
        this.origins = stores.stream().map(Origin::new).toList();
    }

    /** Requests sent so far, one for each store asked for each chunk. */
    public long requests() {
        return requests.get();
    }

    /** Bytes of chunks received so far, as stored. */
    public long storedBytes() {
        return storedBytes.get();
    }

    /**
     * Fetches and checks a chunk.
     *
     * @throws CasyncException that of the first store if none can give the chunk; a store's being unavailable comes before its
     *     lacking the chunk, since the chunk may be there
     */
    public Fetched fetch(ChunkId id, ChunkDigest digest, int length) {
        List<CasyncException> failures = new ArrayList<>();
        for (Origin origin : inOrder()) {
            try {
                requests.incrementAndGet();
                byte[] stored = origin.store.getStored(id, ChunkCodec.maxStoredBytes(length));
                storedBytes.addAndGet(stored.length);
                byte[] content = ChunkCodec.verify(id, digest, stored, length, origin.store.name());
                origin.strikes = 0;
                return new Fetched(stored, content);
            } catch (StoreUnavailableException e) {
                origin.strikes = Math.min(STRIKES, origin.strikes + 1);
                failures.addFirst(e);
            } catch (ChunkMissingException | ChunkCorruptException e) {
                failures.add(e);
            }
        }
        if (failures.isEmpty()) {
            throw new ChunkMissingException(id, "the seeds given, and there is no store");
        }
        CasyncException first = failures.removeFirst();
        failures.forEach(first::addSuppressed);
        throw first;
    }

    private List<Origin> inOrder() {
        List<Origin> order = new ArrayList<>(origins.size());
        origins.stream().filter(origin -> origin.strikes < STRIKES).forEach(order::add);
        origins.stream().filter(origin -> origin.strikes >= STRIKES).forEach(order::add);
        return order;
    }
}
