package org.vsekai.nebula.assets.index;

import com.google.protobuf.ByteString;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.vsekai.nebula.api.assets.v1.EntryKind;
import org.vsekai.nebula.api.assets.v1.VerifiedArchive;
import org.vsekai.nebula.api.assets.v1.VerifiedEntry;
import org.vsekai.nebula.api.assets.v1.VerifyIndexResponse;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.WorkSlots;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.casync.archive.ArchiveDecoder;
import org.vsekai.nebula.casync.archive.ArchiveEntry;
import org.vsekai.nebula.casync.archive.EntryPolicy;
import org.vsekai.nebula.casync.archive.FileDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** Reads the archive behind an index from first to last chunk and tells what it holds. Blocking; thread-safe. */
@ApplicationScoped
public class IndexVerification {
    private final Indexes indexes;
    private final StoreFolder store;
    private final StoreConfig config;
    private final WorkSlots slots;
    private final ExecutorService threads;

    IndexVerification(Indexes indexes, StoreFolder store, StoreConfig config, @VirtualThreads ExecutorService threads) {
        this.indexes = indexes;
        this.store = store;
        this.config = config;
        this.slots = new WorkSlots(config.maxConcurrentVerifications(), config.maxWait());
        this.threads = threads;
    }

    /**
     * Hands each entry over as soon as its content has been read, and the archive's figures last.
     *
     * @param consumer may block, which holds the reading back; what it throws ends the verification
     * @throws ProblemException INDEX_NOT_FOUND, CHUNK_MISSING, CHUNK_CORRUPT, ARCHIVE_MALFORMED, ARCHIVE_UNSAFE
     */
    public void verify(ContentName name, Consumer<VerifyIndexResponse> consumer) {
        long indexBytes = indexes.get(name).size();
        try (WorkSlots.Slot slot = slots.acquire()) {
            verify(name, indexBytes, indexes.read(name), consumer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ChunkMissingException e) {
            throw problem(ProblemKind.FAILED_PRECONDITION, "CHUNK_MISSING", e);
        } catch (ChunkCorruptException e) {
            throw problem(ProblemKind.DATA_LOSS, "CHUNK_CORRUPT", e);
        } catch (MalformedArchiveException e) {
            throw problem(ProblemKind.INVALID, "ARCHIVE_MALFORMED", e);
        } catch (UnsafePathException e) {
            throw problem(ProblemKind.INVALID, "ARCHIVE_UNSAFE", e);
        }
    }

    private static ProblemException problem(ProblemKind kind, String code, RuntimeException cause) {
        return new ProblemException(kind, code, String.valueOf(cause.getMessage()), cause);
    }

    private void verify(ContentName name, long indexBytes, ChunkIndex index, Consumer<VerifyIndexResponse> consumer)
            throws IOException {
        long[] contentBytes = {0};
        try (VerifiedBlob blob = new VerifiedBlob(index, store.chunks(), threads, config.verificationReadAhead())) {
            FileDigest.forEach(
                    new ArchiveDecoder(blob, name.toString(), index.blobSize()), EntryPolicy.PORTABLE, digest -> {
                        contentBytes[0] =
                                Math.addExact(contentBytes[0], digest.entry().size());
                        if (!digest.entry().path().isEmpty()) {
                            consumer.accept(VerifyIndexResponse.newBuilder()
                                    .setEntry(entry(digest))
                                    .build());
                        }
                    });
        }
        Set<ChunkId> distinct = new HashSet<>();
        for (int i = 0; i < index.chunkCount(); i++) {
            distinct.add(index.id(i));
        }
        consumer.accept(VerifyIndexResponse.newBuilder()
                .setArchive(VerifiedArchive.newBuilder()
                        .setArchiveBytes(index.blobSize())
                        .setContentBytes(contentBytes[0])
                        .setChunkCount(index.chunkCount())
                        .setDistinctChunkCount(distinct.size())
                        .setDigest(index.digest().text())
                        .setChunkMinBytes(index.sizes().min())
                        .setChunkAvgBytes(index.sizes().avg())
                        .setChunkMaxBytes(index.sizes().max())
                        .setIndexBytes(indexBytes))
                .build());
    }

    private static VerifiedEntry entry(FileDigest digest) {
        ArchiveEntry entry = digest.entry();
        return VerifiedEntry.newBuilder()
                .setPath(entry.path())
                .setKind(
                        switch (entry.kind()) {
                            case FILE -> EntryKind.ENTRY_KIND_FILE;
                            case DIRECTORY -> EntryKind.ENTRY_KIND_DIRECTORY;
                            case SYMLINK -> EntryKind.ENTRY_KIND_SYMLINK;
                            // The policy lets only the three above through.
                            case DEVICE, FIFO, SOCKET -> EntryKind.ENTRY_KIND_UNSPECIFIED;
                        })
                .setMode(entry.permissions())
                .setSize(entry.size())
                .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(digest.sha256())))
                .setLinkTarget(entry.linkTarget())
                .build();
    }
}
