package org.vsekai.nebula.launcher.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.index.FeatureFlags;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.LauncherException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;

/**
 * Sends a blob to the asset store as the chunks that it lacks, and their index. The blob is read twice where it is new to the
 * store: once to cut it, then again for those chunks, which are checked by their ids once more, so that a file that
 * changed in between ends the run.
 */
public final class ChunkUpload {
    /** Ids in one question, by the asset store's limit. */
    private static final int QUESTION_IDS = 65_536;

    /** Chunks being compressed or sent at once. */
    private static final int IN_FLIGHT = 32;

    private final Http http;
    private final ServiceAddresses addresses;
    private final String token;
    private final ProgressListener listener;

    /** @param token a publisher's */
    public ChunkUpload(Http http, ServiceAddresses addresses, String token, ProgressListener listener) {
        this.http = http;
        this.addresses = addresses;
        this.token = token;
        this.listener = listener;
    }

    /** A blob that has been cut. */
    public static final class Cut {
        private final ChunkIndex index;
        private final byte[] bytes;
        private final String name;
        private final Map<ChunkId, Piece> distinct;

        private Cut(ChunkIndex index, String extension) {
            this.index = index;
            this.bytes = ChunkIndexCodec.toBytes(index);
            this.name = HexFormat.of()
                            .formatHex(ChunkDigest.SHA256.newMessageDigest().digest(bytes))
                    + extension;
            this.distinct = LinkedHashMap.newLinkedHashMap(index.chunkCount());
            for (int i = 0; i < index.chunkCount(); i++) {
                distinct.putIfAbsent(index.id(i), new Piece(index.id(i), index.start(i), index.length(i)));
            }
        }

        /** The index's name: the SHA-256 of its bytes and the extension. */
        public String name() {
            return name;
        }

        public int chunkCount() {
            return index.chunkCount();
        }

        public int distinctCount() {
            return distinct.size();
        }
    }

    /** What was sent. */
    public record Sent(int chunks, long bytes) {}

    /** Where a chunk lies in the blob. */
    private record Piece(ChunkId id, long start, int length) {}

    /** Cuts a blob on all cores. */
    public Cut cut(BlobSource blob, long featureFlags, String extension) throws IOException {
        Meter meter = new Meter(listener, "cut", blob.size());
        ChunkIndex.Builder index =
                ChunkIndex.builder(ChunkSizes.DEFAULT, FeatureFlags.withDigest(featureFlags, ChunkDigest.SHA512_256));
        new ParallelChunker(
                        ChunkSizes.DEFAULT,
                        ChunkDigest.SHA512_256,
                        Runtime.getRuntime().availableProcessors())
                .chunk(blob, (number, start, id, bytes, offset, length) -> meter.accept(length), index::add);
        return new Cut(index.build(), extension);
    }

    /**
     * Sends what is missing, and then the index.
     *
     * @param use is run while everything is still protected by the upload; it makes something need the index
     */
    public Sent send(BlobSource blob, Cut cut, Runnable use) throws IOException {
        URI uploads = addresses.assetStore().resolve("api/v1/uploads");
        JsonNode opened =
                http.post(uploads, token, JsonNodeFactory.instance.objectNode()).json();
        if (!opened.path("id").isTextual()) {
            throw new BadAnswerException(uploads.toString(), "answered without the upload's id", null);
        }
        String upload = opened.path("id").textValue();
        try {
            List<Piece> missing = missing(upload, cut.distinct);
            long bytes = send(blob, cut.index.digest(), missing, upload);
            http.put(
                    addresses.assetStore().resolve("indexes/" + cut.name),
                    token,
                    Map.of("Nebula-Upload", upload, "Content-Type", "application/octet-stream"),
                    BodyPublishers.ofByteArray(cut.bytes));
            use.run();
            return new Sent(missing.size(), bytes);
        } finally {
            close(upload);
        }
    }

    /** An upload that stays open protects its chunks until it expires; that is no reason to fail. */
    private void close(String upload) {
        try {
            http.delete(addresses.assetStore().resolve("api/v1/uploads/" + ServiceAddresses.segment(upload)), token);
        } catch (LauncherException e) {
            listener.on(new Noted("the upload was not closed and will expire: " + e.getMessage()));
        }
    }

    private List<Piece> missing(String upload, Map<ChunkId, Piece> distinct) {
        URI question =
                addresses.assetStore().resolve("api/v1/chunks/missing?upload=" + ServiceAddresses.segment(upload));
        List<Piece> missing = new ArrayList<>();
        List<ChunkId> ids = List.copyOf(distinct.keySet());
        for (int from = 0; from < ids.size(); from += QUESTION_IDS) {
            List<ChunkId> batch = ids.subList(from, Math.min(ids.size(), from + QUESTION_IDS));
            ByteBuffer asked = ByteBuffer.allocate(batch.size() * ChunkId.BYTES);
            batch.forEach(id -> id.putTo(asked));
            byte[] answer = http.exchange(question, token, asked.array(), asked.capacity());
            if (answer.length % ChunkId.BYTES != 0) {
                throw new BadAnswerException(question.toString(), "answered with a part of an id", null);
            }
            for (int at = 0; at < answer.length; at += ChunkId.BYTES) {
                Piece piece = distinct.get(ChunkId.of(answer, at));
                if (piece == null) {
                    throw new BadAnswerException(question.toString(), "answered with an id that was not asked", null);
                }
                missing.add(piece);
            }
        }
        return missing;
    }

    private long send(BlobSource blob, ChunkDigest digest, List<Piece> missing, String upload) throws IOException {
        Meter meter = new Meter(
                listener, "upload", missing.stream().mapToLong(Piece::length).sum());
        AtomicLong sentBytes = new AtomicLong();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Semaphore turns = new Semaphore(IN_FLIGHT);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Piece piece : missing) {
                turns.acquire();
                if (failure.get() != null) {
                    break;
                }
                workers.execute(() -> {
                    try {
                        sentBytes.addAndGet(send(blob, digest, piece, upload));
                        meter.accept(piece.length);
                    } catch (IOException | RuntimeException e) {
                        failure.compareAndSet(null, e);
                    } finally {
                        turns.release();
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while chunks were being sent");
        }
        switch (failure.get()) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new IllegalStateException(e);
        }
        return sentBytes.get();
    }

    private int send(BlobSource blob, ChunkDigest digest, Piece piece, String upload) throws IOException {
        byte[] content = new byte[piece.length];
        blob.read(piece.start, content, 0, content.length);
        if (!digest.hash(content, 0, content.length).equals(piece.id)) {
            throw new InputChangedException(blob.name(), "it changed while it was being published; publish again");
        }
        byte[] stored = ChunkCodec.compress(content, 0, content.length);
        http.put(
                addresses.assetStore().resolve("chunks/" + Stores.path(piece.id)),
                token,
                Map.of("Nebula-Upload", upload, "Content-Type", "application/octet-stream"),
                BodyPublishers.ofByteArray(stored));
        return stored.length;
    }
}
