package org.vsekai.nebula.assets.storage;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * The folder that the store URL names. The service starts without it and says in its health what is wrong; the folder
 * is set up as soon as it can be written. Thread-safe.
 */
@ApplicationScoped
public class StoreFolder {
    private static final Logger LOG = Logger.getLogger(StoreFolder.class);
    static final String TEMPORARY_PREFIX = ".tmp-";
    private static final Duration TEMPORARY_LIFETIME = Duration.ofDays(1);

    /** The chunk that every blob with a long run of zeros has; probes fetch it. Desync never asks for it. */
    private static final byte[] ZERO_CHUNK = new byte[ChunkSizes.DEFAULT.max()];

    private final Path root;
    private final LocalChunkStore chunks;
    private final ChunkId zeroChunk = ChunkDigest.SHA512_256.hash(ZERO_CHUNK, 0, ZERO_CHUNK.length);
    private final Clock clock;

    StoreFolder(StoreConfig config, Clock clock) {
        this.root = parse(config.storeUrl());
        this.chunks = new LocalChunkStore(root.resolve("chunks"));
        this.clock = clock;
    }

    private static Path parse(URI url) {
        if (!"file".equals(url.getScheme()) || url.getPath() == null) {
            throw new IllegalArgumentException(
                    "nebula.asset-store.store-url (NEBULA_STORE_URL) must be a file: URL with an absolute path, not "
                            + url);
        }
        return Path.of(url.getPath()).toAbsolutePath().normalize();
    }

    public LocalChunkStore chunks() {
        return chunks;
    }

    public Path indexes() {
        return root.resolve("indexes");
    }

    public Path manifests() {
        return root.resolve("manifests");
    }

    void start(@Observes StartupEvent event) {
        findFault().ifPresent(fault -> LOG.errorf("The store starts degraded: %s", fault));
        Instant old = clock.instant().minus(TEMPORARY_LIFETIME);
        try {
            chunks.pruneTemporaries(old);
            for (Path folder : List.of(root, indexes(), manifests())) {
                pruneTemporaries(folder, old);
            }
        } catch (IOException | UncheckedIOException | StoreUnavailableException e) {
            LOG.warnf("Leftovers of interrupted writes stay in %s: %s", root, e.getMessage());
        }
    }

    private static void pruneTemporaries(Path folder, Instant olderThan) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, TEMPORARY_PREFIX + "*")) {
            for (Path leftover : leftovers) {
                if (Files.getLastModifiedTime(leftover).toInstant().isBefore(olderThan)) {
                    Files.deleteIfExists(leftover);
                }
            }
        }
    }

    /** What keeps the store from working, after an attempt to set it up; empty if nothing does. */
    Optional<String> findFault() {
        try {
            DurableFiles.createFolders(indexes());
            DurableFiles.createFolders(manifests());
            if (!chunks.has(zeroChunk)) {
                chunks.put(zeroChunk, ChunkCodec.compress(ZERO_CHUNK, 0, ZERO_CHUNK.length));
            }
            Path probe = DurableFiles.temporaryIn(root, TEMPORARY_PREFIX + "probe-");
            DurableFiles.write(probe, out -> {}, false);
            Files.delete(probe);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("cannot write to the store folder " + root + ": " + DurableFiles.reason(e));
        } catch (UncheckedIOException | StoreUnavailableException e) {
            return Optional.of("cannot write to the store folder " + root + ": " + e.getMessage());
        }
    }

    /**
     * Tells "not there" from "cannot say".
     *
     * @throws StoreUnavailableException if the folder itself is away, so that nothing can be said of what is in it
     */
    public void requireFolder() {
        if (!Files.isDirectory(root)) {
            throw new StoreUnavailableException(root.toString(), "the folder does not exist", null);
        }
    }

    /** What a failed write means to whoever asked for it. */
    public ProblemException writeFailed(String what, long bytes, IOException cause) {
        LOG.errorf(cause, "Cannot write %s", what);
        return isFull(bytes)
                ? new ProblemException(
                        ProblemKind.INSUFFICIENT_STORAGE,
                        "STORE_FULL",
                        "There is no room left for " + what + ". Free space in the store's folder, then try again.",
                        cause)
                : new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "STORE_UNAVAILABLE",
                        "The store cannot write " + what + ". Its health and log say why.",
                        cause);
    }

    private boolean isFull(long bytes) {
        try {
            // A file system keeps some blocks back, so "full" comes a little before zero.
            return Files.getFileStore(root).getUsableSpace() < bytes + (64 << 10);
        } catch (IOException e) {
            return false;
        }
    }
}
