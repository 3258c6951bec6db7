package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.WritableStore;

/** Cuts a blob on several threads and puts what a store lacks into it. For one blob. */
final class ChunkWriter {
    private final @Nullable WritableStore store;
    private final int threads;
    private final Set<ChunkId> seen = ConcurrentHashMap.newKeySet();
    private final AtomicLong stored = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();

    /** @param store null if only the index is wanted */
    ChunkWriter(@Nullable WritableStore store, int threads) {
        this.store = store;
        this.threads = threads;
    }

    /** @param progress is told the length of each chunk that is done */
    ChunkIndex write(BlobSource blob, ChunkSizes sizes, ChunkDigest digest, long featureFlags, LongConsumer progress)
            throws IOException {
        ChunkIndex.Builder index = ChunkIndex.builder(sizes, featureFlags);
        new ParallelChunker(sizes, digest, threads)
                .chunk(
                        blob,
                        (number, start, id, bytes, offset, length) -> {
                            if (seen.add(id) && store != null && !store.has(id)) {
                                byte[] compressed = ChunkCodec.compress(bytes, offset, length);
                                if (store.put(id, compressed)) {
                                    stored.incrementAndGet();
                                    storedBytes.addAndGet(compressed.length);
                                }
                            }
                            progress.accept(length);
                        },
                        index::add);
        return index.build();
    }

    int distinctChunks() {
        return seen.size();
    }

    /** Chunks that the store lacked. */
    long storedChunks() {
        return stored.get();
    }

    /** Bytes added to the store. */
    long storedBytes() {
        return storedBytes.get();
    }
}
