package org.vsekai.nebula.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ManagedStore.StoredChunk;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * A folder of chunks in front of another store, the "local" tier. A chunk is looked for in the folder first and comes to lie
 * there when it was fetched; one that is damaged there is fetched anew. The folder has casync's layout, so several programs,
 * desync's {@code --cache} among them, can use one.
 *
 * <p>It is kept within a number of bytes by removing what was used least recently; a use is noted in the file's time of
 * modification, at most once an hour. Nothing in it is synced: what a power cut spoils is found out and fetched again. Not
 * being able to write to it costs only speed; {@link #findFault} says why. Thread-safe; programs that share a folder each keep
 * their own count and may exceed the bound by what the others have added since they last looked.
 */
public final class CachedStore implements ReadableStore {
    private static final Duration NOTED = Duration.ofHours(1);
    private static final Duration TEMPORARY_LIFETIME = Duration.ofDays(1);
    private static final String TEMPORARY_PREFIX = ".tmp-cacnk";

    /** The most that one round of making room looks at. */
    private static final int CANDIDATES = 1 << 16;

    private final ReadableStore origin;
    private final LocalChunkStore cache;
    private final long maxBytes;
    private final Clock clock;
    private final AtomicLong bytes = new AtomicLong(-1);
    private final AtomicBoolean makingRoom = new AtomicBoolean();
    private volatile @Nullable String fault;

    /**
     * @param folder made when the first chunk comes
     * @param maxBytes of chunks in it
     * @param origin closed with this store
     */
    public CachedStore(Path folder, long maxBytes, ReadableStore origin, Clock clock) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("want room for at least a byte, not " + maxBytes);
        }
        this.origin = origin;
        this.cache = new LocalChunkStore(folder);
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    @Override
    public String name() {
        return origin.name();
    }

    /** Why chunks are not being kept; empty if they are. */
    public Optional<String> findFault() {
        return Optional.ofNullable(fault);
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        Optional<byte[]> kept = findKept(id, maxStoredBytes);
        if (kept.isPresent()) {
            return kept.get();
        }
        // Checked before it is kept, or a bad chunk of today would be served as a bad cache of tomorrow.
        byte[] fetched = ChunkCheck.require(id, origin.getStored(id, maxStoredBytes), origin.name());
        keep(id, fetched);
        return fetched;
    }

    private Optional<byte[]> findKept(ChunkId id, int maxStoredBytes) {
        try {
            byte[] kept = ChunkCheck.require(id, cache.getStored(id, maxStoredBytes), cache.name());
            noteUse(cache.path(id));
            return Optional.of(kept);
        } catch (ChunkMissingException e) {
            return Optional.empty();
        } catch (ChunkCorruptException e) {
            drop(id);
            return Optional.empty();
        } catch (StoreUnavailableException e) {
            if (Files.exists(Path.of(cache.name()))) {
                fault = e.getMessage();
            }
            return Optional.empty();
        }
    }

    private void drop(ChunkId id) {
        try {
            long size = Files.size(cache.path(id));
            if (cache.remove(id)) {
                add(-size);
            }
        } catch (IOException | StoreUnavailableException e) {
            fault = e.toString();
        }
    }

    private void noteUse(Path file) {
        Instant now = clock.instant();
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(NOTED))) {
                Files.setLastModifiedTime(file, FileTime.from(now));
            }
        } catch (NoSuchFileException e) {
            // Removed to make room a moment ago.
        } catch (IOException e) {
            fault = e.toString();
        }
    }

    private void keep(ChunkId id, byte[] stored) {
        Path target = cache.path(id);
        try {
            Path folder = DurableFiles.folderOf(target);
            Files.createDirectories(folder);
            Path temporary = DurableFiles.temporaryIn(folder, TEMPORARY_PREFIX);
            try {
                DurableFiles.write(temporary, out -> out.write(stored), false);
                Files.setLastModifiedTime(temporary, FileTime.from(clock.instant()));
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            if (add(stored.length) > maxBytes && makingRoom.compareAndSet(false, true)) {
                try {
                    makeRoom();
                } finally {
                    makingRoom.set(false);
                }
            }
            fault = null;
        } catch (IOException | CasyncException e) {
            fault = e.toString();
        }
    }

    /** The bytes in the folder as far as known, after so many more; the first time they are counted. */
    private long add(long more) {
        if (bytes.get() >= 0) {
            return bytes.addAndGet(more);
        }
        synchronized (bytes) {
            if (bytes.get() >= 0) {
                return bytes.addAndGet(more);
            }
            int unused = cache.pruneTemporaries(clock.instant().minus(TEMPORARY_LIFETIME));
            long found = 0;
            try (Stream<StoredChunk> chunks = cache.list()) {
                for (Iterator<StoredChunk> each = chunks.iterator(); each.hasNext(); ) {
                    found += each.next().storedBytes();
                }
            }
            bytes.set(found);
            return found;
        }
    }

    /** Removes the least recently used until a tenth is free, counting anew what is there. */
    private void makeRoom() {
        long goal = maxBytes - maxBytes / 10;
        Comparator<StoredChunk> byAge = Comparator.comparing(StoredChunk::lastModified);
        long found = 0;
        // The newest candidate is at the head, to give way to an older one.
        PriorityQueue<StoredChunk> oldest = new PriorityQueue<>(byAge.reversed());
        try (Stream<StoredChunk> chunks = cache.list()) {
            for (Iterator<StoredChunk> each = chunks.iterator(); each.hasNext(); ) {
                StoredChunk chunk = each.next();
                found += chunk.storedBytes();
                oldest.add(chunk);
                if (oldest.size() > CANDIDATES) {
                    oldest.remove();
                }
            }
        }
        for (StoredChunk chunk : oldest.stream().sorted(byAge).toList()) {
            if (found <= goal) {
                break;
            }
            if (cache.remove(chunk.id())) {
                found -= chunk.storedBytes();
            }
        }
        bytes.set(found);
    }

    /** Asks the store behind: that the folder has a chunk says nothing about it. */
    @Override
    public boolean has(ChunkId id) {
        return origin.has(id);
    }

    @Override
    public void close() {
        origin.close();
    }
}
