package org.vsekai.nebula.assets.asset;

import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.vsekai.nebula.assets.chunk.Chunks;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.WorkSlots;
import org.vsekai.nebula.assets.upload.Uploads;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.Chunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * Takes an asset's bytes. They are cut while they arrive, a batch of chunks at a time: while one batch is compressed and
 * written, the next is received, and no more is in memory. The chunks are durable before the index, the index before the
 * row; a connection that breaks leaves chunks that nothing names, which the collector finds. Blocking; thread-safe.
 */
@ApplicationScoped
class AssetWriter {
    private static final int BATCH = 32;
    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);

    private record Piece(ChunkId id, byte[] bytes) {}

    private final Assets assets;
    private final Chunks chunks;
    private final Indexes indexes;
    private final Uploads uploads;
    private final Condemned condemned;
    private final WorkSlots slots;
    private final ExecutorService threads;
    private final long maxBytes;
    private final int concurrency;

    AssetWriter(
            Assets assets,
            Chunks chunks,
            Indexes indexes,
            Uploads uploads,
            Condemned condemned,
            AssetConfig config,
            StoreConfig store,
            @VirtualThreads ExecutorService threads) {
        this.assets = assets;
        this.chunks = chunks;
        this.indexes = indexes;
        this.uploads = uploads;
        this.condemned = condemned;
        this.slots = new WorkSlots(config.maxConcurrentWrites(), store.maxWait());
        this.threads = threads;
        this.maxBytes = config.maxSize().asLongValue();
        this.concurrency = config.writeConcurrency();
    }

    /** What a caller wants an asset to be. */
    record Request(UUID id, AssetDescription description, String defaultOwner, Precondition precondition) {}

    /**
     * Stores the bytes and lets the asset stand for them.
     *
     * @throws ProblemException REVISION_MISMATCH, CONTENT_TOO_LARGE, BODY_INCOMPLETE, STORE_FULL, STORE_BUSY
     */
    Assets.Stored write(Request request, InputStream body) {
        requirePrecondition(request);
        try (WorkSlots.Slot slot = slots.acquire()) {
            UUID upload = uploads.begin();
            try {
                return put(request, indexes.put(store(upload, body), upload));
            } finally {
                uploads.end(upload);
            }
        } catch (IOException e) {
            throw new ProblemException(
                    ProblemKind.INVALID, "BODY_INCOMPLETE", "The connection ended before the body did.", e);
        }
    }

    /**
     * Lets the asset stand for what an index in the store describes, once every chunk of it is known to be here.
     *
     * @throws ProblemException REVISION_MISMATCH, INDEX_NOT_FOUND, CHUNK_MISSING, CONTENT_TOO_LARGE
     */
    Assets.Stored write(Request request, ContentName name) {
        requirePrecondition(request);
        try (WorkSlots.Slot slot = slots.acquire()) {
            ChunkIndex index = indexes.read(name);
            if (index.blobSize() > maxBytes) {
                throw tooLarge();
            }
            UUID upload = uploads.begin();
            try {
                indexes.protect(upload, name);
                requireChunks(upload, index);
                return put(request, name);
            } finally {
                uploads.end(upload);
            }
        }
    }

    /** Refuses before gigabytes are sent what would be refused after them. */
    private void requirePrecondition(Request request) {
        Optional<Asset> current = assets.find(request.id()).await().atMost(DATABASE_WAIT);
        request.precondition().check(current);
    }

    private Assets.Stored put(Request request, ContentName index) {
        return assets.put(request.id(), request.description(), request.defaultOwner(), index, request.precondition())
                .await()
                .atMost(DATABASE_WAIT);
    }

    private void requireChunks(UUID upload, ChunkIndex index) {
        int batch = Chunks.MAX_IDS;
        for (int from = 0; from < index.chunkCount(); from += batch) {
            ByteBuffer ids = ByteBuffer.allocate(Math.min(batch, index.chunkCount() - from) * ChunkId.BYTES);
            for (int i = from; ids.hasRemaining(); i++) {
                index.id(i).putTo(ids);
            }
            byte[] missing = chunks.findMissing(ids.array(), uploads.protect(upload, ids.array()));
            if (missing.length > 0) {
                throw ProblemException.failedPrecondition(
                        "CHUNK_MISSING",
                        "The store lacks " + missing.length / ChunkId.BYTES + " of the chunks that the index names, "
                                + ChunkId.of(missing, 0) + " for one. Put them first.");
            }
        }
    }

    private ChunkIndex store(UUID upload, InputStream body) throws IOException {
        Chunker chunker = new Chunker(body, ChunkSizes.DEFAULT);
        ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256);
        Future<?> previous = CompletableFuture.completedFuture(null);
        try {
            while (true) {
                List<Piece> batch = receive(chunker);
                if (chunker.start() + chunker.length() > maxBytes) {
                    throw tooLarge();
                }
                await(previous);
                if (batch.isEmpty()) {
                    return index.build();
                }
                batch.forEach(piece -> index.add(piece.bytes.length, piece.id));
                previous = threads.submit(() -> store(upload, batch));
            }
        } finally {
            previous.cancel(true);
        }
    }

    private static List<Piece> receive(Chunker chunker) throws IOException {
        List<Piece> batch = new ArrayList<>(BATCH);
        while (batch.size() < BATCH && chunker.next() > 0) {
            byte[] bytes = Arrays.copyOfRange(chunker.buffer(), chunker.offset(), chunker.offset() + chunker.length());
            batch.add(new Piece(chunker.id(ChunkDigest.SHA512_256), bytes));
        }
        return batch;
    }

    private void store(UUID upload, List<Piece> batch) {
        ByteBuffer ids = ByteBuffer.allocate(batch.size() * ChunkId.BYTES);
        batch.forEach(piece -> piece.id.putTo(ids));
        Set<ChunkId> beingDeleted = uploads.protect(upload, ids.array());
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(concurrency, batch.size()); i++) {
            workers.add(threads.submit(() -> {
                for (int n = next.getAndIncrement(); n < batch.size(); n = next.getAndIncrement()) {
                    Piece piece = batch.get(n);
                    if (beingDeleted.contains(piece.id)) {
                        condemned.awaitGone(piece.id);
                    }
                    chunks.putPlain(piece.id, piece.bytes, piece.bytes.length);
                }
            }));
        }
        try {
            for (Future<?> worker : workers) {
                await(worker);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            next.set(batch.size());
        }
    }

    private static void await(Future<?> work) throws IOException {
        try {
            work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while chunks were being written");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private ProblemException tooLarge() {
        return new ProblemException(
                ProblemKind.CONTENT_TOO_LARGE,
                "CONTENT_TOO_LARGE",
                "An asset has at most " + maxBytes + " bytes; nebula.assets.max-size is the bound.");
    }
}
