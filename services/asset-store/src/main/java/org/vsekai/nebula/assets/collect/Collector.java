package org.vsekai.nebula.assets.collect;

import io.quarkus.arc.All;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.vsekai.nebula.assets.chunk.Chunks;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.condemned.Sentence;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.manifest.Manifests;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ManagedStore.StoredChunk;
import org.vsekai.nebula.kit.intent.Intents;
import org.vsekai.nebula.kit.transaction.ContentionException;

/**
 * Finds what nobody needs and deletes it.
 *
 * <p>Roots are the rows of indexes and the ids that open uploads have named. So first go assets without references and
 * indexes without holders, each decided in one transaction; then every id that the remaining roots name is marked; then
 * the store is listed, and what is old and not marked is condemned, in batches. The transaction that condemns a batch looks
 * for roots that have come since the marking began, and marks those first; {@link Condemned} says why none can
 * slip through between. Only what is condemned is deleted, and only then struck out, so that a crash anywhere leaves
 * either a batch untouched or a sentence that the next run carries out first. Blocking; for one run at a time.
 */
@ApplicationScoped
class Collector {
    /** Rounds in which roots arrive between the marking of the ones before and the condemning. */
    private static final int MAX_ROUNDS = 1000;

    private static final int PAGE = 500;
    private static final Duration LEDGER_WAIT = Duration.ofMinutes(2);

    private final Roots roots;
    private final Intents intents;
    private final Chunks chunks;
    private final Indexes indexes;
    private final Manifests manifests;
    private final StoreFolder store;
    private final Condemned condemned;
    private final List<IndexCompanion> companions;
    private final CollectConfig config;
    private final Clock clock;
    private final ExecutorService threads;
    private final Deletions deletions = new Deletions();

    Collector(
            Roots roots,
            Intents intents,
            Chunks chunks,
            Indexes indexes,
            Manifests manifests,
            StoreFolder store,
            Condemned condemned,
            @All List<IndexCompanion> companions,
            CollectConfig config,
            Clock clock,
            @VirtualThreads ExecutorService threads) {
        this.roots = roots;
        this.intents = intents;
        this.chunks = chunks;
        this.indexes = indexes;
        this.manifests = manifests;
        this.store = store;
        this.condemned = condemned;
        this.companions = companions;
        this.config = config;
        this.clock = clock;
        this.threads = threads;
    }

    /** Carries a run on from wherever it was left. */
    void run(Progress progress) {
        new Collection(progress).run();
    }

    /** What is being deleted ends by itself, soon; nothing else is deleted any more. Whoever carries a run on interrupts it. */
    void stop() {
        deletions.stop();
    }

    /** One run. */
    private final class Collection {
        private final Progress progress;
        private final boolean delete;
        private final Instant cutoff;
        private final Instant since;
        private final MarkedChunks marked = new MarkedChunks(config.maxMarkedChunks());
        private final Set<String> lateIndexes = new HashSet<>();
        private final Set<UUID> lateUploads = new HashSet<>();

        Collection(Progress progress) {
            this.progress = progress;
            this.delete = progress.run().deleteGarbage();
            Instant now = clock.instant();
            this.cutoff = now.minusSeconds(progress.run().graceSeconds());
            this.since = now.minus(config.clockSkew());
        }

        void run() {
            finishSentences();
            if (delete) {
                sweepAssets();
                sweepIndexes();
            }
            mark();
            sweepChunks();
            sweepIndexFiles();
            sweepManifests();
            if (delete) {
                progress.enter("temporaries");
                progress.add("temporaries_swept", store.pruneTemporaries());
            }
        }

        /** What an interrupted run condemned and did not delete. */
        private void finishSentences() {
            progress.enter("recovery");
            progress.step(condemned::all).forEach(this::carryOut);
        }

        private void sweepAssets() {
            progress.enter("assets");
            int found;
            do {
                found = progress.step(() -> roots.removeUnreferencedAssets(cutoff, PAGE));
                progress.add("assets_swept", found);
            } while (found > 0);
        }

        private void sweepIndexes() {
            progress.enter("indexes");
            // Whoever has announced to publish an index is about to pin it.
            Set<String> announced = intents.covered("index").await().atMost(LEDGER_WAIT);
            Optional<Sentence> sentence;
            do {
                sentence =
                        progress.step(() -> roots.condemnIndexes(progress.run().id(), cutoff, announced, PAGE));
                sentence.ifPresent(this::carryOut);
            } while (sentence.isPresent());
        }

        private void mark() {
            progress.enter("marking");
            marked.add(store.zeroChunk());
            String after = "";
            List<String> names;
            do {
                String from = after;
                // A run that deletes nothing leaves out the indexes that one which does would have deleted by now.
                names = progress.step(
                        () -> delete ? roots.indexes(from, PAGE) : roots.indexesWithHolder(from, cutoff, PAGE));
                for (String name : names) {
                    after = name;
                    mark(name, marked::add);
                    progress.add("indexes_kept", 1);
                    progress.tick();
                }
            } while (names.size() == PAGE);
            List<Roots.Ids> uploads;
            UUID last = new UUID(0, 0);
            do {
                UUID from = last;
                uploads = progress.step(() -> roots.uploads(from));
                for (Roots.Ids ids : uploads) {
                    last = ids.row();
                    ids.forEach(marked::add);
                }
            } while (!uploads.isEmpty());
            marked.seal();
            progress.add("chunks_marked", marked.size());
        }

        private void mark(String name, Consumer<ChunkId> mark) {
            ChunkIndex index = indexes.read(Indexes.parseName(name));
            for (int i = 0; i < index.chunkCount(); i++) {
                mark.accept(index.id(i));
            }
        }

        private void sweepChunks() {
            progress.enter("chunks");
            List<StoredChunk> batch = new ArrayList<>();
            try (Stream<StoredChunk> stored = store.chunks().list()) {
                for (Iterator<StoredChunk> each = stored.iterator(); each.hasNext(); ) {
                    StoredChunk chunk = each.next();
                    if (marked.contains(chunk.id())) {
                        count("kept", chunk);
                    } else if (!chunk.lastModified().isBefore(cutoff)) {
                        count("young", chunk);
                    } else if (!delete) {
                        count("garbage", chunk);
                    } else {
                        batch.add(chunk);
                    }
                    if (batch.size() == config.batch()) {
                        sweep(batch);
                        batch.clear();
                    }
                    progress.tick();
                }
            }
            if (!batch.isEmpty()) {
                sweep(batch);
            }
        }

        private void count(String what, StoredChunk chunk) {
            progress.add("chunks_" + what, 1);
            progress.add("bytes_" + what, chunk.storedBytes());
        }

        private void sweep(List<StoredChunk> batch) {
            for (int round = 0; round < MAX_ROUNDS; round++) {
                List<StoredChunk> garbage = new ArrayList<>();
                for (StoredChunk chunk : batch) {
                    if (!marked.contains(chunk.id())) {
                        garbage.add(chunk);
                    }
                }
                if (garbage.isEmpty() || condemn(garbage)) {
                    progress.add("chunks_rechecked_kept", batch.size() - garbage.size());
                    return;
                }
            }
            progress.add("chunks_contended", batch.size());
        }

        /** False if roots have come that had to be marked first, or if others were always in the way. */
        private boolean condemn(List<StoredChunk> garbage) {
            Sentence sentence = new Sentence(
                    UUID.randomUUID(),
                    garbage.stream().map(StoredChunk::id).toList(),
                    List.of(),
                    garbage.stream().mapToLong(StoredChunk::storedBytes).sum());
            try {
                Roots.Recheck recheck = progress.tryStep(
                        () -> roots.condemnChunks(progress.run().id(), sentence, since, lateIndexes, lateUploads));
                if (recheck.isCondemned()) {
                    carryOut(sentence);
                    return true;
                }
                recheck.newIndexes().forEach(name -> {
                    markLate(name);
                    lateIndexes.add(name);
                });
                recheck.newUploads().forEach(ids -> {
                    ids.forEach(marked::addLate);
                    lateUploads.add(ids.row());
                });
                return false;
            } catch (ContentionException e) {
                return false;
            }
        }

        private void markLate(String name) {
            mark(name, marked::addLate);
        }

        /** Files whose rows never came, because their writer died in between. */
        private void sweepIndexFiles() {
            progress.enter("index files");
            indexes.forEachFileOlderThan(cutoff, name -> sweepFile("indexes/" + name, name, "index_files_garbage"));
        }

        private void sweepFile(String path, String index, String figure) {
            progress.tick();
            if (!delete) {
                if (!progress.step(() -> roots.isIndex(index))) {
                    progress.add(figure, 1);
                }
                return;
            }
            Sentence sentence = new Sentence(UUID.randomUUID(), List.of(), List.of(path), 0);
            if (progress.step(() -> roots.condemnFileWithoutIndex(progress.run().id(), sentence, index))) {
                carryOut(sentence);
            }
        }

        private void sweepManifests() {
            progress.enter("manifests");
            manifests.forEachOlderThan(
                    cutoff, (manifest, index) -> sweepFile(Manifests.path(manifest), index, "manifests_garbage"));
        }

        private void carryOut(Sentence sentence) {
            progress.enter("deleting");
            Parallel.forEach(
                    threads,
                    config.concurrency(),
                    sentence.chunks(),
                    id -> deletions.carryOut(progress.turn(), within -> chunks.removeWithin(id, within)));
            for (String path : sentence.files()) {
                deletions.carryOut(progress.turn(), within -> store.deleteFile(path, within));
                if (path.startsWith("indexes/")) {
                    String name = path.substring("indexes/".length());
                    companions.forEach(companion -> companion.indexRemoved(Indexes.parseName(name)));
                }
            }
            if (!sentence.chunks().isEmpty()) {
                progress.add("chunks_swept", sentence.chunks().size());
                progress.add("bytes_swept", sentence.bytes());
            }
            for (String path : sentence.files()) {
                progress.add(path.substring(0, path.indexOf('/')) + "_swept", 1);
            }
            Boolean unused = progress.step(() -> condemned.strike(sentence));
        }
    }
}
