package org.vsekai.nebula.assets.index;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.storage.ContentFiles;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.StoredFile;
import org.vsekai.nebula.assets.upload.Uploads;
import org.vsekai.nebula.casync.MalformedIndexException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.stores.ObjectMissingException;

/** The indexes of the store: a file each, and a row that says what it describes. Thread-safe. */
@ApplicationScoped
public class Indexes {
    private static final String BLOB_EXTENSION = ".caibx";
    private static final List<String> EXTENSIONS = List.of(".caidx", BLOB_EXTENSION);
    private static final int PUT_ATTEMPTS = 5;
    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<IndexRow, String> {}

    private record Inspected(ChunkIndex index, long size) {}

    private final ContentFiles files;
    private final StoreConfig config;
    private final Transactions transactions;
    private final Rows rows;
    private final Condemned condemned;
    private final Uploads uploads;
    private final Clock clock;

    Indexes(
            ContentFiles files,
            StoreConfig config,
            Transactions transactions,
            Rows rows,
            Condemned condemned,
            Uploads uploads,
            Clock clock) {
        this.files = files;
        this.config = config;
        this.transactions = transactions;
        this.rows = rows;
        this.condemned = condemned;
        this.uploads = uploads;
        this.clock = clock;
    }

    /** The name of an index of plain bytes. @throws ProblemException INVALID_NAME */
    public static ContentName parseBlobName(String name) {
        return ContentName.parse(name, List.of(BLOB_EXTENSION));
    }

    /** @throws ProblemException INVALID_NAME */
    public static ContentName parseName(String name) {
        return ContentName.parse(name, EXTENSIONS);
    }

    Optional<StoredFile> find(ContentName name) {
        return files.find(StoreFolder.INDEXES, name, "application/octet-stream");
    }

    /** The file of an index. @throws ProblemException INDEX_NOT_FOUND */
    StoredFile get(ContentName name) {
        return find(name).orElseThrow(() -> notFound(name));
    }

    /**
     * Stores an index; under an upload it is protected until that closes. Blocking.
     *
     * @throws ProblemException INDEX_MALFORMED, NAME_MISMATCH, CONTENT_TOO_LARGE, UPLOAD_NOT_FOUND, UPLOAD_EXPIRED, STORE_BUSY
     */
    void put(ContentName name, InputStream body, Optional<UUID> upload) {
        if (!tryPut(name, body, upload)) {
            throw Condemned.beingCollected("index " + name);
        }
    }

    /** False if an equal index was collected at the same time, so that the file may be gone. */
    private boolean tryPut(ContentName name, InputStream body, Optional<UUID> upload) {
        String path = path(name);
        condemned.awaitFileGone(path);
        Inspected inspected = files.put(
                StoreFolder.INDEXES, name, body, config.maxIndexSize().asLongValue(), file -> inspect(name, file));
        boolean isStored = transactions
                .inTransaction(() -> condemned
                        .holdsFile(path)
                        .flatMap(isCondemned -> isCondemned
                                ? Uni.createFrom().item(false)
                                : upload.map(open -> uploads.protectIndex(open, name.toString()))
                                        .orElseGet(() -> Uni.createFrom().voidItem())
                                        .chain(() -> rows.findById(name.toString()))
                                        .flatMap(known -> known == null
                                                ? rows.persist(row(name, inspected))
                                                : Uni.createFrom().item(known).invoke(row -> row.usedAt = now()))
                                        .replaceWith(true)))
                .await()
                .atMost(DATABASE_WAIT);
        // The collector may have come between the file and the row; from the row on it cannot.
        return isStored && find(name).isPresent();
    }

    /** Where an index lies, below the store's root. */
    private static String path(ContentName name) {
        return "indexes/" + name;
    }

    /** Visits the files of indexes that were last written before a time, those without a row among them. Blocking. */
    public void forEachFileOlderThan(Instant time, Consumer<String> visitor) {
        files.forEachOlderThan(StoreFolder.INDEXES, time, name -> {
            if (EXTENSIONS.stream().anyMatch(name::endsWith)) {
                visitor.accept(name);
            }
        });
    }

    /** Protects an index that is there until an upload ends. Blocking. @throws ProblemException INDEX_NOT_FOUND */
    public void protect(UUID upload, ContentName name) {
        transactions
                .inTransaction(() -> require(name).chain(() -> uploads.protectIndex(upload, name.toString())))
                .await()
                .atMost(DATABASE_WAIT);
    }

    /** Begins the grace time of an index that something has just ceased to need; to be called inside a transaction. */
    public Uni<Void> release(String name) {
        return rows.findById(name)
                .onItem()
                .ifNotNull()
                .invoke(row -> row.usedAt = now())
                .replaceWithVoid();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Stores an index that was made here and protects it until the upload ends. Blocking. @throws ProblemException STORE_BUSY */
    public ContentName put(ChunkIndex index, UUID upload) {
        byte[] bytes = ChunkIndexCodec.toBytes(index);
        ContentName name = new ContentName(
                HexFormat.of().formatHex(ChunkDigest.SHA256.newMessageDigest().digest(bytes)), BLOB_EXTENSION);
        for (int attempt = 1; attempt <= PUT_ATTEMPTS; attempt++) {
            if (tryPut(name, new ByteArrayInputStream(bytes), Optional.of(upload))) {
                return name;
            }
        }
        throw Condemned.beingCollected("index " + name);
    }

    /** The index of that name. Blocking. @throws ProblemException INDEX_NOT_FOUND */
    public ChunkIndex read(ContentName name) {
        try (InputStream in = files.open(get(name))) {
            return ChunkIndexCodec.read(
                    in, name.toString(), config.maxIndexSize().asLongValue());
        } catch (ObjectMissingException e) {
            throw notFound(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Inspected inspect(ContentName name, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            ChunkIndex index = ChunkIndexCodec.read(
                    in, name.toString(), config.maxIndexSize().asLongValue());
            if (index.sizes().max() > config.maxChunkSize().asLongValue()) {
                throw ProblemException.invalid(
                        "INDEX_CHUNKS_TOO_LARGE",
                        "The index has chunks of up to " + index.sizes().max() + " bytes; this store takes "
                                + config.maxChunkSize().asLongValue() + ".");
            }
            return new Inspected(index, Files.size(file));
        } catch (MalformedIndexException e) {
            throw new ProblemException(ProblemKind.INVALID, "INDEX_MALFORMED", String.valueOf(e.getMessage()), e);
        }
    }

    private IndexRow row(ContentName name, Inspected inspected) {
        IndexRow row = new IndexRow();
        row.name = name.toString();
        row.size = inspected.size();
        row.chunkCount = inspected.index().chunkCount();
        row.blobSize = inspected.index().blobSize();
        row.digest = inspected.index().digest().text();
        row.insertedAt = now();
        return row;
    }

    /** Fails unless the index is known; to be called inside a transaction. @throws ProblemException INDEX_NOT_FOUND */
    public Uni<Void> require(ContentName name) {
        return rows.findById(name.toString())
                .onItem()
                .ifNull()
                .failWith(() -> notFound(name))
                .replaceWithVoid();
    }

    /** Length of the blob that an index describes; to be called inside a transaction. @throws ProblemException INDEX_NOT_FOUND */
    public Uni<Long> blobSize(ContentName name) {
        return rows.findById(name.toString())
                .onItem()
                .ifNull()
                .failWith(() -> notFound(name))
                .map(row -> row.blobSize);
    }

    /** Number of indexes; to be called inside a transaction. */
    public Uni<Long> count() {
        return rows.count();
    }

    private static ProblemException notFound(ContentName name) {
        return ProblemException.notFound("INDEX_NOT_FOUND", "The store holds no index " + name + ". Put it first.");
    }
}
