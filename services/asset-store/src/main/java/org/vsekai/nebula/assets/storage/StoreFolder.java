package org.vsekai.nebula.assets.storage;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ManagedStore;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.stores.FolderObjects;
import org.vsekai.nebula.stores.ObjectChunkStore;
import org.vsekai.nebula.stores.ObjectStore;
import org.vsekai.nebula.stores.url.StoreUrls;

/**
 * The place that the store URL names: a folder of this machine, for one replica, or S3 or SFTP, for as many as there are. Below
 * it lie {@code chunks/}, {@code indexes/} and {@code manifests/}. The service starts without it and says in its health what is
 * wrong; the place is set up as soon as it can be written. Blocking; thread-safe.
 */
@ApplicationScoped
public class StoreFolder {
    /** Where indexes are in it. */
    public static final String INDEXES = "indexes";

    /** Where manifests are in it. */
    public static final String MANIFESTS = "manifests";

    /** Where packs and pack indexes are in it. */
    public static final String PACKS = "packs";

    /** Where chunks are in it. */
    public static final String CHUNKS = "chunks";

    private static final Logger LOG = Logger.getLogger(StoreFolder.class);
    static final String TEMPORARY_PREFIX = ".tmp-";
    private static final Duration TEMPORARY_LIFETIME = Duration.ofDays(1);

    /** How long what was found out about a place elsewhere holds for those who ask for the health. */
    private static final Duration CHECK_LIFETIME = Duration.ofSeconds(10);

    /** The chunk that every blob with a long run of zeros has; probes fetch it. Desync never asks for it. */
    private static final byte[] ZERO_CHUNK = new byte[ChunkSizes.DEFAULT.max()];

    private final ObjectStore objects;
    private final @Nullable Path root;
    private final ManagedStore chunks;
    private final ChunkId zeroChunk = ChunkDigest.SHA512_256.hash(ZERO_CHUNK, 0, ZERO_CHUNK.length);
    private final Clock clock;
    private final ReentrantLock checking = new ReentrantLock();
    private volatile @Nullable Check last;

    private record Check(Instant at, Optional<String> fault) {}

    StoreFolder(StoreConfig config, Clock clock) {
        this.clock = clock;
        String url = config.storeUrl().toString();
        try {
            this.objects = new StoreUrls(HttpStoreOptions.DEFAULT, System.getenv()).openObjects(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("nebula.asset-store.store-url (NEBULA_STORE_URL): " + e.getMessage(), e);
        }
        this.root = objects instanceof FolderObjects folder ? Path.of(folder.name()) : null;
        this.chunks = root == null ? new ObjectChunkStore(objects, CHUNKS) : new LocalChunkStore(root.resolve(CHUNKS));
    }

    public ManagedStore chunks() {
        return chunks;
    }

    /** Everything in it, chunks included. */
    public ObjectStore objects() {
        return objects;
    }

    /** The file that an object is, or would be; empty if the store is not on this machine. */
    public Optional<Path> findFile(String object) {
        return Optional.ofNullable(root).map(folder -> folder.resolve(object));
    }

    void start(@Observes StartupEvent event, @VirtualThreads ExecutorService threads) {
        if (root != null) {
            start();
        } else {
            // It may be long in answering, and the service comes up without it.
            threads.execute(this::start);
        }
    }

    private void start() {
        findFault().ifPresent(fault -> LOG.errorf("The store starts degraded: %s", fault));
        int unused = pruneTemporaries();
    }

    /** The chunk that the store always has. */
    public ChunkId zeroChunk() {
        return zeroChunk;
    }

    /**
     * Removes a chunk, if there is one, in a single attempt; elsewhere than on this machine it is given up after a time.
     *
     * @throws StoreUnavailableException if it is not known to be removed
     */
    public void removeChunk(ChunkId id, Duration within) {
        if (root == null) {
            objects.removeWithin(CHUNKS + "/" + Stores.path(id), within);
        } else {
            boolean unused = chunks.remove(id);
        }
    }

    /**
     * Deletes a file as {@link #removeChunk} does a chunk.
     *
     * @param path below the root, as this service made it
     */
    public void deleteFile(String path, Duration within) {
        try {
            objects.removeWithin(path, within);
        } catch (UncheckedIOException e) {
            throw new StoreUnavailableException(objects.name(), "cannot delete " + path + ": " + e, e);
        }
    }

    /** Deletes what interrupted writes left more than a day ago; returns how many files. */
    public int pruneTemporaries() {
        Instant old = clock.instant().minus(TEMPORARY_LIFETIME);
        int pruned = 0;
        try {
            if (chunks instanceof LocalChunkStore local) {
                pruned += local.pruneTemporaries(old);
            }
            pruned += objects.pruneTemporaries(old);
        } catch (UncheckedIOException | StoreUnavailableException e) {
            LOG.warnf("Leftovers of interrupted writes stay in %s: %s", objects.name(), e.getMessage());
        }
        return pruned;
    }

    void stop(@Observes ShutdownEvent event) {
        chunks.close();
        objects.close();
    }

    /** What the health calls the place. */
    String name() {
        return objects.name();
    }

    /** What keeps the store from working, after an attempt to set it up; empty if nothing does. */
    Optional<String> findFault() {
        return root == null ? findRemoteFault() : findLocalFault(root);
    }

    /** One looks at a time; who comes meanwhile is told what was found last. */
    private Optional<String> findRemoteFault() {
        Check known = last;
        boolean isOld = known == null || clock.instant().isAfter(known.at.plus(CHECK_LIFETIME));
        if (isOld && checking.tryLock()) {
            try {
                known = new Check(clock.instant(), lookForRemoteFault());
                last = known;
            } finally {
                checking.unlock();
            }
        }
        return known == null ? Optional.of(objects.name() + " has not answered yet") : known.fault;
    }

    private Optional<String> lookForRemoteFault() {
        try {
            if (!chunks.has(zeroChunk)) {
                putZeroChunk();
            }
            return Optional.empty();
        } catch (StoreUnavailableException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void putZeroChunk() {
        boolean unused = chunks.put(zeroChunk, ChunkCodec.compress(ZERO_CHUNK, 0, ZERO_CHUNK.length));
    }

    private Optional<String> findLocalFault(Path folder) {
        try {
            DurableFiles.createFolders(folder.resolve(INDEXES));
            DurableFiles.createFolders(folder.resolve(MANIFESTS));
            if (!chunks.has(zeroChunk)) {
                putZeroChunk();
            }
            Path probe = DurableFiles.temporaryIn(folder, TEMPORARY_PREFIX + "probe-");
            DurableFiles.write(probe, out -> {}, false);
            Files.delete(probe);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("cannot write to the store folder " + folder + ": " + DurableFiles.reason(e));
        } catch (UncheckedIOException | StoreUnavailableException e) {
            return Optional.of("cannot write to the store folder " + folder + ": " + e.getMessage());
        }
    }

    /**
     * Tells "not there" from "cannot say", for files that were looked for by themselves.
     *
     * @throws StoreUnavailableException if the folder itself is away, so that nothing can be said of what is in it
     */
    public void requireFolder() {
        if (root != null && !Files.isDirectory(root)) {
            throw new StoreUnavailableException(root.toString(), "the folder does not exist", null);
        }
    }

    /** What a failed write to this machine's disk means to whoever asked for it. */
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
            return Files.getFileStore(root == null ? temporaryFolder() : root).getUsableSpace() < bytes + (64 << 10);
        } catch (IOException e) {
            return false;
        }
    }

    /** Where a file waits until it has been looked at: below the place itself, or where this machine keeps temporaries. */
    Path stagingFor(String folder) throws IOException {
        if (root == null) {
            return temporaryFolder();
        }
        Path staging = root.resolve(folder);
        DurableFiles.createFolders(staging);
        return staging;
    }

    private static Path temporaryFolder() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }
}
