package org.vsekai.nebula.launcher.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
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
import org.vsekai.nebula.launcher.RefusedException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.manifest.ManifestReader;
import org.vsekai.nebula.launcher.mode.Modes;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import org.vsekai.nebula.launcher.progress.TerminalText;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/**
 * Ships a folder. The folder is read twice where it is new to the asset store: once to cut it, then again for the chunks that the
 * store lacks, which are checked by their ids once more, so that a file that changed in between ends the run and not a player's
 * update.
 */
public final class Publisher {
    /** Ids in one question, by the asset store's limit. */
    private static final int QUESTION_IDS = 65_536;

    /** Chunks being compressed or sent at once. */
    private static final int IN_FLIGHT = 32;

    private final Http http;
    private final ProgressListener listener;
    private final ServiceAddresses addresses;
    private final String token;

    /** @param token a publisher's */
    public Publisher(Http http, ServiceAddresses addresses, String token, ProgressListener listener) {
        this.http = http;
        this.addresses = addresses;
        this.token = token;
        this.listener = listener;
    }

    /** @param createMode whether a mode that does not exist is made */
    public record Request(String mode, SemanticVersion version, Path folder, boolean skipUpdate, boolean createMode) {}

    /** @param text for people */
    public record Outcome(String text, Map<String, Object> figures) {}

    /** Where a chunk lies in the archive. */
    private record Piece(ChunkId id, long start, int length) {}

    public Outcome publish(Request request) throws IOException {
        requireMode(request);
        try (ArchiveLayout archive = ArchiveLayout.ofFolder(
                request.folder, ArchiveOptions.publishing().excluding(ManifestReader.RESERVED_FOLDER))) {
            ChunkIndex index = cut(archive);
            byte[] indexBytes = ChunkIndexCodec.toBytes(index);
            String indexName = sha256(indexBytes) + ".caidx";
            Map<ChunkId, Piece> distinct = distinct(index);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("mode", request.mode);
            figures.put("version", request.version.text());
            figures.put("index", indexName);
            figures.put("archive_bytes", archive.size());
            figures.put("chunks", index.chunkCount());
            figures.put("distinct_chunks", distinct.size());
            if (isPublished(request, indexName)) {
                figures.put("missing_chunks", 0);
                figures.put("sent_bytes", 0L);
                figures.put("created", false);
                return new Outcome(
                        "%s %s is published already, with this content".formatted(request.mode, request.version),
                        figures);
            }
            AtomicLong sentBytes = new AtomicLong();
            int missing = upload(archive, index, distinct, indexName, indexBytes, request, sentBytes);
            figures.put("missing_chunks", missing);
            figures.put("sent_bytes", sentBytes.get());
            figures.put("created", true);
            return new Outcome(
                    "%s %s is published: %s in %d chunks, of which %d were new (%s sent)"
                            .formatted(
                                    request.mode,
                                    request.version,
                                    TerminalText.bytes(archive.size()),
                                    distinct.size(),
                                    missing,
                                    TerminalText.bytes(sentBytes.get())),
                    figures);
        }
    }

    private void requireMode(Request request) {
        Modes modes = new Modes(http, addresses.updater());
        if (modes.find(request.mode).isPresent()) {
            return;
        }
        if (!request.createMode) {
            throw new RefusedException(
                    addresses.mode(request.mode).toString(),
                    404,
                    "MODE_UNKNOWN",
                    "there is no mode '" + request.mode + "'; add --create-mode to make it");
        }
        modes.create(request.mode, token);
        listener.on(new Noted("mode '" + request.mode + "' was created"));
    }

    private boolean isPublished(Request request, String indexName) {
        URI resource = addresses.ofMode(request.mode, "versions/" + ServiceAddresses.segment(request.version.text()));
        Optional<JsonNode> existing = http.findJson(resource);
        if (existing.isEmpty()) {
            return false;
        }
        if (!existing.get().path("index_uri").asText("").endsWith("/" + indexName)) {
            throw new RefusedException(
                    resource.toString(),
                    409,
                    "VERSION_EXISTS",
                    "this version exists with other content; raise the version");
        }
        return true;
    }

    private ChunkIndex cut(ArchiveLayout archive) throws IOException {
        Meter meter = new Meter(listener, "cut", archive.size());
        ChunkIndex.Builder index = ChunkIndex.builder(
                ChunkSizes.DEFAULT, FeatureFlags.withDigest(archive.featureFlags(), ChunkDigest.SHA512_256));
        new ParallelChunker(
                        ChunkSizes.DEFAULT,
                        ChunkDigest.SHA512_256,
                        Runtime.getRuntime().availableProcessors())
                .chunk(archive, (number, start, id, bytes, offset, length) -> meter.accept(length), index::add);
        return index.build();
    }

    private static Map<ChunkId, Piece> distinct(ChunkIndex index) {
        Map<ChunkId, Piece> distinct = LinkedHashMap.newLinkedHashMap(index.chunkCount());
        for (int i = 0; i < index.chunkCount(); i++) {
            distinct.putIfAbsent(index.id(i), new Piece(index.id(i), index.start(i), index.length(i)));
        }
        return distinct;
    }

    private int upload(
            ArchiveLayout archive,
            ChunkIndex index,
            Map<ChunkId, Piece> distinct,
            String indexName,
            byte[] indexBytes,
            Request request,
            AtomicLong sentBytes)
            throws IOException {
        URI uploads = addresses.assetStore().resolve("api/v1/uploads");
        JsonNode opened =
                http.post(uploads, token, JsonNodeFactory.instance.objectNode()).json();
        if (!opened.path("id").isTextual()) {
            throw new BadAnswerException(uploads.toString(), "answered without the upload's id", null);
        }
        String upload = opened.path("id").textValue();
        try {
            List<Piece> missing = missing(upload, distinct);
            send(archive, index.digest(), missing, upload, sentBytes);
            http.put(
                    addresses.assetStore().resolve("indexes/" + indexName),
                    token,
                    Map.of("Nebula-Upload", upload, "Content-Type", "application/octet-stream"),
                    BodyPublishers.ofByteArray(indexBytes));
            ObjectNode version = JsonNodeFactory.instance
                    .objectNode()
                    .put("version", request.version.text())
                    .put("index", indexName)
                    .put("skip_update", request.skipUpdate);
            http.post(addresses.ofMode(request.mode, "versions"), token, version);
            return missing.size();
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

    private void send(
            ArchiveLayout archive, ChunkDigest digest, List<Piece> missing, String upload, AtomicLong sentBytes)
            throws IOException {
        Meter meter = new Meter(
                listener, "upload", missing.stream().mapToLong(Piece::length).sum());
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
                        sentBytes.addAndGet(send(archive, digest, piece, upload));
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
    }

    private int send(ArchiveLayout archive, ChunkDigest digest, Piece piece, String upload) throws IOException {
        byte[] content = new byte[piece.length];
        archive.read(piece.start, content, 0, content.length);
        if (!digest.hash(content, 0, content.length).equals(piece.id)) {
            throw new InputChangedException(
                    archive.name(), "a file in it changed while it was being published; publish again");
        }
        byte[] stored = ChunkCodec.compress(content, 0, content.length);
        http.put(
                addresses.assetStore().resolve("chunks/" + Stores.path(piece.id)),
                token,
                Map.of("Nebula-Upload", upload, "Content-Type", "application/octet-stream"),
                BodyPublishers.ofByteArray(stored));
        return stored.length;
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(ChunkDigest.SHA256.newMessageDigest().digest(bytes));
    }
}
