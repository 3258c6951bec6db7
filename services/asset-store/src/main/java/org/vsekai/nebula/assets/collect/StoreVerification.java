package org.vsekai.nebula.assets.collect;

import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.chunk.Chunks;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ManagedStore.StoredChunk;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * Reads and hashes every chunk of the store, then asks for every chunk that an index names, and puts right from another
 * store what is damaged or missing. Blocking; for one run at a time.
 */
@ApplicationScoped
class StoreVerification {
    private static final int PAGE = 500;

    private final Roots roots;
    private final Chunks chunks;
    private final Indexes indexes;
    private final StoreFolder store;
    private final CollectConfig config;
    private final ExecutorService threads;

    StoreVerification(
            Roots roots,
            Chunks chunks,
            Indexes indexes,
            StoreFolder store,
            CollectConfig config,
            @VirtualThreads ExecutorService threads) {
        this.roots = roots;
        this.chunks = chunks;
        this.indexes = indexes;
        this.store = store;
        this.config = config;
        this.threads = threads;
    }

    /** Carries a run out, from the beginning if it was left. */
    void run(Progress progress) {
        @Nullable String from = progress.run().repairFrom();
        try (@Nullable ReadableStore other = from == null ? null : Maintenance.open(from)) {
            new Verification(progress, other).run();
        }
    }

    /** One run. */
    private final class Verification {
        private final Progress progress;
        private final @Nullable ReadableStore other;
        private final MarkedChunks seen = new MarkedChunks(config.maxMarkedChunks());

        Verification(Progress progress, @Nullable ReadableStore other) {
            this.progress = progress;
            this.other = other;
        }

        void run() {
            progress.enter("reading");
            List<StoredChunk> batch = new ArrayList<>();
            try (Stream<StoredChunk> stored = store.chunks().list()) {
                for (Iterator<StoredChunk> each = stored.iterator(); each.hasNext(); ) {
                    StoredChunk chunk = each.next();
                    seen.add(chunk.id());
                    batch.add(chunk);
                    if (batch.size() == config.batch()) {
                        Parallel.forEach(threads, config.concurrency(), batch, this::examine);
                        batch.clear();
                    }
                    progress.tick();
                }
            }
            Parallel.forEach(threads, config.concurrency(), batch, this::examine);
            seen.seal();
            progress.enter("indexes");
            String after = "";
            List<String> names;
            do {
                String last = after;
                names = progress.step(() -> roots.indexes(last, PAGE));
                for (String name : names) {
                    after = name;
                    look(indexes.read(Indexes.parseName(name)));
                }
            } while (names.size() == PAGE);
        }

        private void examine(StoredChunk chunk) {
            progress.add("chunks_read", 1);
            progress.add("bytes_read", chunk.storedBytes());
            switch (chunks.examine(chunk.id())) {
                case INTACT -> {}
                case DAMAGED -> {
                    progress.add("chunks_damaged", 1);
                    repair("damaged", chunk.id());
                }
                case MISSING -> progress.add("chunks_gone_meanwhile", 1);
            }
        }

        private void look(ChunkIndex index) {
            progress.add("indexes_read", 1);
            for (int i = 0; i < index.chunkCount(); i++) {
                ChunkId id = index.id(i);
                if (!seen.contains(id)) {
                    // Asked for once, however many indexes name it.
                    seen.addLate(id);
                    if (!chunks.has(id)) {
                        progress.add("chunks_missing", 1);
                        repair("missing", id);
                    }
                }
                progress.tick();
            }
        }

        private void repair(String what, ChunkId id) {
            boolean isWhole = other != null && chunks.repair(id, other);
            if (isWhole) {
                progress.add("chunks_repaired", 1);
            }
            progress.report(what + " " + id + (isWhole ? ", repaired" : ""));
        }
    }
}
