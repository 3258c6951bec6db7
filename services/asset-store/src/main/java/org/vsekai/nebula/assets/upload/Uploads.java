package org.vsekai.nebula.assets.upload;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.Transactions;

/** The open uploads and what they protect. Thread-safe. */
@ApplicationScoped
public class Uploads {
    /** 256 KiB a row: databases are happier with rows well below a megabyte. */
    private static final int IDS_PER_ROW = 8192;

    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<UploadRow, UUID> {}

    @ApplicationScoped
    static class ChunksRows implements PanacheRepositoryBase<UploadChunksRow, UUID> {}

    @ApplicationScoped
    static class IndexRows implements PanacheRepositoryBase<UploadIndexRow, UUID> {}

    /** In an order, so that a map stays fast whatever ids a client sends: with those of equal hashes it goes by that. */
    private record Protected(UUID upload, ChunkId chunk) implements Comparable<Protected> {
        @Override
        public int compareTo(Protected other) {
            int byUpload = upload.compareTo(other.upload);
            return byUpload != 0 ? byUpload : chunk.compareTo(other.chunk);
        }
    }

    private final Transactions transactions;
    private final Rows uploads;
    private final ChunksRows chunks;
    private final IndexRows indexes;
    private final Condemned condemned;
    private final StoreConfig config;
    private final Clock clock;

    /** Expiry of uploads that were open a moment ago. */
    private final Cache<UUID, Instant> open =
            Caffeine.newBuilder().maximumSize(10_000).build();

    /** Spares a chunk that was asked about the transaction when it is sent. */
    private final Cache<Protected, Boolean> protectedChunks;

    Uploads(
            Transactions transactions,
            Rows uploads,
            ChunksRows chunks,
            IndexRows indexes,
            Condemned condemned,
            StoreConfig config,
            Clock clock) {
        if (config.maxOpenUploads() < 1) {
            throw new IllegalArgumentException(
                    "nebula.asset-store.max-open-uploads must be at least 1, not " + config.maxOpenUploads());
        }
        this.transactions = transactions;
        this.uploads = uploads;
        this.chunks = chunks;
        this.indexes = indexes;
        this.condemned = condemned;
        this.protectedChunks = Caffeine.newBuilder()
                .maximumSize(config.rememberedProtections())
                .build();
        this.config = config;
        this.clock = clock;
    }

    /** An upload's id as a caller gave it. @throws ProblemException INVALID_UPLOAD_ID */
    public static Optional<UUID> parse(@Nullable String id) {
        if (id == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid("INVALID_UPLOAD_ID", "The upload's id must be a UUID.");
        }
    }

    /** Opens an upload. @throws ProblemException TOO_MANY_UPLOADS */
    Uni<Upload> open() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return transactions.inTransaction(() -> countOpen(now).flatMap(open -> {
            if (open >= config.maxOpenUploads()) {
                return Uni.createFrom().failure(() -> tooMany(open));
            }
            return uploads.persist(row()).map(saved -> new Upload(saved.id, saved.expiresAt));
        }));
    }

    private UploadRow row() {
        UploadRow row = new UploadRow();
        row.id = UUID.randomUUID();
        row.insertedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        row.expiresAt = row.insertedAt.plus(config.uploadExpiry());
        return row;
    }

    /** Opens an upload for work of the service itself, which bounds that work by other means. Blocking. */
    public UUID begin() {
        return transactions
                .inTransaction(() -> uploads.persist(row()))
                .map(row -> row.id)
                .await()
                .atMost(DATABASE_WAIT);
    }

    /** Ends what {@link #begin} began; one that has expired meanwhile is no failure. Blocking. */
    public void end(UUID id) {
        open.invalidate(id);
        long unused = transactions
                .inTransaction(() -> uploads.delete("id", id))
                .await()
                .atMost(DATABASE_WAIT);
    }

    /** Forgets the uploads that have expired and what they protected; returns how many. */
    Uni<Long> removeExpired() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return transactions.inTransaction(() -> uploads.delete("expiresAt <= ?1", now));
    }

    /**
     * Protects an index, which need not be there yet, until the upload closes or expires; to be called inside a
     * transaction.
     *
     * @throws ProblemException UPLOAD_NOT_FOUND, UPLOAD_EXPIRED
     */
    public Uni<Void> protectIndex(UUID id, String index) {
        return requireOpen(id)
                .chain(() -> indexes.count("uploadId = ?1 and indexName = ?2", id, index))
                .flatMap(count -> {
                    if (count > 0) {
                        return Uni.createFrom().voidItem();
                    }
                    UploadIndexRow row = new UploadIndexRow();
                    row.id = UUID.randomUUID();
                    row.uploadId = id;
                    row.indexName = index;
                    return indexes.persist(row).replaceWithVoid();
                });
    }

    /** Ends an upload's protection. @throws ProblemException UPLOAD_NOT_FOUND */
    Uni<Void> close(UUID id) {
        open.invalidate(id);
        return transactions
                // Not deleteById: concurrent removals of one entity type wait for one another's results in Hibernate
                // Reactive.
                .inTransaction(() -> uploads.delete("id", id))
                .onItem()
                .invoke(removed -> {
                    if (removed == 0) {
                        throw notFound(id);
                    }
                })
                .replaceWithVoid();
    }

    /**
     * Protects chunks until the upload closes or expires. Blocks until that is durable. From then on those of them that are in
     * the store stay, but for the ones returned: they are being deleted, and to be taken for missing.
     *
     * @param ids concatenated, 32 bytes each
     * @throws ProblemException UPLOAD_NOT_FOUND, UPLOAD_EXPIRED
     */
    public Set<ChunkId> protect(UUID id, byte[] ids) {
        Set<ChunkId> condemnedNow = new HashSet<>();
        UploadRow upload = transactions
                .inTransaction(() -> requireOpen(id)
                        // The time of this run of the transaction: a collector takes rows for new by it.
                        .call(() -> chunks.persist(rows(id, ids, clock.instant().truncatedTo(ChronoUnit.MICROS))))
                        .call(() -> condemned.chunks().invoke(found -> {
                            condemnedNow.clear();
                            condemnedNow.addAll(found);
                        })))
                .await()
                .atMost(DATABASE_WAIT);
        open.put(id, upload.expiresAt);
        Set<ChunkId> condemnedAsked = new HashSet<>();
        for (int at = 0; at < ids.length; at += ChunkId.BYTES) {
            ChunkId chunk = ChunkId.of(ids, at);
            if (condemnedNow.contains(chunk)) {
                condemnedAsked.add(chunk);
            } else {
                protectedChunks.put(new Protected(id, chunk), true);
            }
        }
        return condemnedAsked;
    }

    /** Whether {@link #protect} of this chunk would change nothing and return nothing, as far as is remembered here. */
    public boolean isProtected(UUID id, ChunkId chunk) {
        @Nullable Instant expiry = open.getIfPresent(id);
        return expiry != null
                && expiry.isAfter(clock.instant())
                && protectedChunks.getIfPresent(new Protected(id, chunk)) != null;
    }

    private Uni<UploadRow> requireOpen(UUID id) {
        return uploads.findById(id).invoke(upload -> {
            if (upload == null) {
                throw notFound(id);
            }
            if (!upload.expiresAt.isAfter(clock.instant())) {
                throw expired(id);
            }
        });
    }

    private static List<UploadChunksRow> rows(UUID upload, byte[] ids, Instant now) {
        List<UploadChunksRow> rows = new ArrayList<>();
        int rowBytes = IDS_PER_ROW * ChunkId.BYTES;
        for (int from = 0; from < ids.length; from += rowBytes) {
            UploadChunksRow row = new UploadChunksRow();
            row.id = UUID.randomUUID();
            row.uploadId = upload;
            row.chunkIds = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + rowBytes));
            row.insertedAt = now;
            rows.add(row);
        }
        return rows;
    }

    /** Number of uploads that are open now; to be called inside a transaction. */
    public Uni<Long> countOpen() {
        return countOpen(clock.instant());
    }

    private Uni<Long> countOpen(Instant now) {
        return uploads.count("expiresAt > ?1", now);
    }

    private static ProblemException tooMany(long open) {
        return new ProblemException(
                ProblemKind.TOO_MANY_REQUESTS,
                "TOO_MANY_UPLOADS",
                open + " uploads are open, and no more may be. Close those that are done, or try again when some have"
                        + " expired; nebula.asset-store.max-open-uploads is the bound.");
    }

    private static ProblemException notFound(UUID id) {
        return ProblemException.notFound(
                "UPLOAD_NOT_FOUND", "There is no upload " + id + "; it was closed or has expired. Open another.");
    }

    private static ProblemException expired(UUID id) {
        return ProblemException.failedPrecondition(
                "UPLOAD_EXPIRED", "Upload " + id + " has expired. Open another and ask again what is missing.");
    }
}
