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
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.vsekai.nebula.assets.storage.ContentFiles;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.StoredFile;
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
    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<IndexRow, String> {}

    private record Inspected(ChunkIndex index, long size) {}

    private final ContentFiles files;
    private final StoreConfig config;
    private final Transactions transactions;
    private final Rows rows;
    private final Clock clock;

    Indexes(ContentFiles files, StoreConfig config, Transactions transactions, Rows rows, Clock clock) {
        this.files = files;
        this.config = config;
        this.transactions = transactions;
        this.rows = rows;
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

    /** Stores an index. Blocking. @throws ProblemException INDEX_MALFORMED, NAME_MISMATCH, CONTENT_TOO_LARGE */
    void put(ContentName name, InputStream body) {
        Inspected inspected = files.put(
                StoreFolder.INDEXES, name, body, config.maxIndexSize().asLongValue(), file -> inspect(name, file));
        transactions
                .inTransaction(() -> rows.findById(name.toString())
                        .flatMap(known ->
                                known != null ? Uni.createFrom().item(known) : rows.persist(row(name, inspected))))
                .await()
                .atMost(DATABASE_WAIT);
    }

    /** Stores an index that was made here. Blocking. */
    public ContentName put(ChunkIndex index) {
        byte[] bytes = ChunkIndexCodec.toBytes(index);
        ContentName name = new ContentName(
                HexFormat.of().formatHex(ChunkDigest.SHA256.newMessageDigest().digest(bytes)), BLOB_EXTENSION);
        put(name, new ByteArrayInputStream(bytes));
        return name;
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
        row.insertedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
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
