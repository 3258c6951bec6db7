package org.vsekai.nebula.assets.chunk;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.StoredFile;
import org.vsekai.nebula.assets.storage.WorkSlots;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** The chunks of the store. Blocking; thread-safe. */
@ApplicationScoped
public class Chunks {
    /** The most ids that one question may hold. */
    public static final int MAX_IDS = 65_536;

    private static final String MEDIA_TYPE = "application/octet-stream";
    private static final Logger LOG = Logger.getLogger(Chunks.class);

    /** What is sent with a chunk; remembered, because finding it out means to read the chunk. */
    private record Facts(long size, FileTime modified, String sha256) {
        boolean holdFor(BasicFileAttributes file) {
            return size == file.size() && modified.equals(file.lastModifiedTime());
        }
    }

    private final StoreFolder store;
    private final WorkSlots slots;
    private final int maxChunkBytes;
    private final int maxStoredBytes;
    private final Cache<ChunkId, Facts> facts;

    Chunks(StoreFolder store, StoreConfig config) {
        this.store = store;
        this.slots = new WorkSlots(config.maxConcurrentWrites(), config.maxWait());
        this.maxChunkBytes = Math.toIntExact(config.maxChunkSize().asLongValue());
        this.maxStoredBytes = ChunkCodec.maxStoredBytes(maxChunkBytes);
        this.facts =
                Caffeine.newBuilder().maximumSize(config.rememberedChunks()).build();
    }

    Optional<StoredFile> find(ChunkId id) {
        String object = StoreFolder.CHUNKS + "/" + Stores.path(id);
        Optional<Path> file = store.findFile(object);
        return file.isPresent() ? findLocal(id, object, file.get()) : findRemote(id, object);
    }

    /** Read whole, since its digest is to be told; it comes in one request. */
    private Optional<StoredFile> findRemote(ChunkId id, String object) {
        try {
            byte[] stored = store.chunks().getStored(id, maxStoredBytes);
            String sha256 = HexFormat.of()
                    .formatHex(ChunkDigest.SHA256.newMessageDigest().digest(stored));
            return Optional.of(new StoredFile(
                    object, null, Buffer.buffer(Unpooled.wrappedBuffer(stored)), stored.length, sha256, MEDIA_TYPE));
        } catch (ChunkMissingException e) {
            return Optional.empty();
        } catch (ChunkCorruptException e) {
            throw new ProblemException(ProblemKind.DATA_LOSS, "CHUNK_CORRUPT", String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<StoredFile> findLocal(ChunkId id, String object, Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            @Nullable Facts known = facts.getIfPresent(id);
            if (known == null || !known.holdFor(attributes)) {
                known = new Facts(attributes.size(), attributes.lastModifiedTime(), sha256(path));
                facts.put(id, known);
            }
            return Optional.of(new StoredFile(object, path, null, known.size(), known.sha256(), MEDIA_TYPE));
        } catch (NoSuchFileException e) {
            store.requireFolder();
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(store.chunks().name(), e.toString(), e);
        }
    }

    private static String sha256(Path path) throws IOException {
        MessageDigest digest = ChunkDigest.SHA256.newMessageDigest();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Stores a chunk after checking that the bytes are that chunk. The first valid bytes stay: bytes that come later, though
     * they decompress to the same, change nothing. When this returns the chunk survives power loss.
     *
     * @throws ProblemException CHUNK_CORRUPT, CONTENT_TOO_LARGE, STORE_FULL
     */
    void put(ChunkId id, InputStream body) {
        try (WorkSlots.Slot slot = slots.acquire()) {
            byte[] stored = read(body);
            verify(id, stored);
            if (store.chunks().has(id) && !isIntact(id)) {
                // Damaged on disk: "the first valid chunk wins" does not protect it.
                store.chunks().remove(id);
                facts.invalidate(id);
            }
            store.chunks().put(id, stored);
        } catch (UncheckedIOException e) {
            throw store.writeFailed("chunk " + id, maxStoredBytes, Objects.requireNonNull(e.getCause()));
        }
    }

    /**
     * Stores a chunk that was cut and hashed here, unless an intact one is there. When this returns the chunk survives power
     * loss.
     *
     * @param plain holds it from the beginning on
     * @throws ProblemException STORE_FULL
     */
    public void putPlain(ChunkId id, byte[] plain, int length) {
        try {
            if (store.chunks().has(id)) {
                if (isIntact(id)) {
                    return;
                }
                store.chunks().remove(id);
                facts.invalidate(id);
            }
            store.chunks().put(id, ChunkCodec.compress(plain, 0, length));
        } catch (UncheckedIOException e) {
            throw store.writeFailed("chunk " + id, maxStoredBytes, Objects.requireNonNull(e.getCause()));
        }
    }

    /** What a look at a stored chunk found. */
    public enum Condition {
        INTACT,
        DAMAGED,
        MISSING
    }

    /** Reads a chunk and hashes it. */
    public Condition examine(ChunkId id) {
        try {
            return isIntact(id) ? Condition.INTACT : Condition.DAMAGED;
        } catch (ChunkMissingException e) {
            return Condition.MISSING;
        }
    }

    /** Whether the store holds bytes under this name. */
    public boolean has(ChunkId id) {
        return store.chunks().has(id);
    }

    /**
     * Puts another store's chunk in the place of a damaged or missing one.
     *
     * @return false if the other store has no intact one either; the chunk is then as it was
     * @throws org.vsekai.nebula.casync.StoreUnavailableException if either store is away
     */
    public boolean repair(ChunkId id, ReadableStore from) {
        try {
            byte[] stored = from.getStored(id, maxStoredBytes);
            verify(id, stored);
            remove(id);
            return store.chunks().put(id, stored);
        } catch (ChunkMissingException | ChunkCorruptException | ProblemException e) {
            LOG.debugf("Chunk %s is not to be had from %s: %s", id, from.name(), e.getMessage());
            return false;
        }
    }

    /** Removes a chunk; false if there was none. */
    public boolean remove(ChunkId id) {
        boolean removed = store.chunks().remove(id);
        facts.invalidate(id);
        return removed;
    }

    /** Removes a chunk, if there is one, as {@link StoreFolder#removeChunk}. */
    public void removeWithin(ChunkId id, Duration within) {
        store.removeChunk(id, within);
        facts.invalidate(id);
    }

    private byte[] read(InputStream body) {
        try {
            byte[] stored = body.readNBytes(maxStoredBytes + 1);
            if (stored.length > maxStoredBytes) {
                throw new ProblemException(
                        ProblemKind.CONTENT_TOO_LARGE,
                        "CONTENT_TOO_LARGE",
                        "A stored chunk has at most " + maxStoredBytes + " bytes.");
            }
            return stored;
        } catch (IOException e) {
            throw new ProblemException(
                    ProblemKind.INVALID, "BODY_INCOMPLETE", "The connection ended before the body did.", e);
        }
    }

    private void verify(ChunkId id, byte[] stored) {
        try {
            byte[] unused = ChunkCodec.verifyAtMost(id, ChunkDigest.SHA512_256, stored, maxChunkBytes, "the request");
        } catch (ChunkCorruptException e) {
            try {
                byte[] unused = ChunkCodec.verifyAtMost(id, ChunkDigest.SHA256, stored, maxChunkBytes, "the request");
            } catch (ChunkCorruptException ignored) {
                throw new ProblemException(ProblemKind.INVALID, "CHUNK_CORRUPT", String.valueOf(e.getMessage()), e);
            }
        }
    }

    private boolean isIntact(ChunkId id) {
        try {
            verify(id, store.chunks().getStored(id, maxStoredBytes));
            return true;
        } catch (ChunkCorruptException | ProblemException e) {
            return false;
        }
    }

    /**
     * Those of the ids that the store does not hold, in the order asked.
     *
     * @param ids concatenated, 32 bytes each
     * @param condemned chunks that are being deleted, which count as gone already
     * @throws ProblemException INVALID_IDS, CONTENT_TOO_LARGE
     */
    public byte[] findMissing(byte[] ids, Set<ChunkId> condemned) {
        check(ids);
        ByteBuffer missing = ByteBuffer.allocate(ids.length);
        for (int offset = 0; offset < ids.length; offset += ChunkId.BYTES) {
            ChunkId id = ChunkId.of(ids, offset);
            // What is remembered of it does not count: another instance may have deleted it.
            if (condemned.contains(id) || !store.chunks().has(id)) {
                id.putTo(missing);
            }
        }
        byte[] answer = new byte[missing.flip().remaining()];
        missing.get(answer);
        return answer;
    }

    static void check(byte[] ids) {
        if (ids.length > MAX_IDS * ChunkId.BYTES) {
            throw new ProblemException(
                    ProblemKind.CONTENT_TOO_LARGE,
                    "CONTENT_TOO_LARGE",
                    "At most " + MAX_IDS + " ids may be asked at once.");
        }
        if (ids.length % ChunkId.BYTES != 0) {
            throw ProblemException.invalid(
                    "INVALID_IDS",
                    "The body must be ids of 32 bytes each, one behind the other; it has " + ids.length + " bytes.");
        }
    }
}
