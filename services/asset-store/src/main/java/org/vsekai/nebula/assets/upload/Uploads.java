package org.vsekai.nebula.assets.upload;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

    private final Transactions transactions;
    private final Rows uploads;
    private final ChunksRows chunks;
    private final StoreConfig config;
    private final Clock clock;

    Uploads(Transactions transactions, Rows uploads, ChunksRows chunks, StoreConfig config, Clock clock) {
        if (config.maxOpenUploads() < 1) {
            throw new IllegalArgumentException(
                    "nebula.asset-store.max-open-uploads must be at least 1, not " + config.maxOpenUploads());
        }
        this.transactions = transactions;
        this.uploads = uploads;
        this.chunks = chunks;
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
        boolean unused =
                transactions.inTransaction(() -> uploads.deleteById(id)).await().atMost(DATABASE_WAIT);
    }

    /** Forgets the uploads that have expired and what they protected; returns how many. */
    Uni<Long> removeExpired() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return transactions.inTransaction(() -> uploads.delete("expiresAt <= ?1", now));
    }

    /** Ends an upload's protection. @throws ProblemException UPLOAD_NOT_FOUND */
    Uni<Void> close(UUID id) {
        return transactions
                .inTransaction(() -> uploads.deleteById(id))
                .onItem()
                .invoke(existed -> {
                    if (!existed) {
                        throw notFound(id);
                    }
                })
                .replaceWithVoid();
    }

    /**
     * Protects chunks until the upload closes or expires. Blocks until that is durable.
     *
     * @param ids concatenated, 32 bytes each
     * @throws ProblemException UPLOAD_NOT_FOUND, UPLOAD_EXPIRED
     */
    public void protect(UUID id, byte[] ids) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        transactions
                .inTransaction(() -> uploads.findById(id).flatMap(upload -> {
                    if (upload == null) {
                        return Uni.createFrom().<Void>failure(() -> notFound(id));
                    }
                    if (!upload.expiresAt.isAfter(now)) {
                        return Uni.createFrom().<Void>failure(() -> expired(id));
                    }
                    return chunks.persist(rows(id, ids, now));
                }))
                .await()
                .atMost(DATABASE_WAIT);
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
