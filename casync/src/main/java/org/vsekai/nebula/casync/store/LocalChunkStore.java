package org.vsekai.nebula.casync.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * A folder of chunks in the layout of both tools: {@code <first 4 hex>/<64 hex>.cacnk}. Sources: desync {@code local.go},
 * casync {@code src/castore.c}.
 *
 * <p>A chunk appears whole or not at all: it is written to a temporary beside its place, synced, and linked into place
 * without replacing what is there. With {@link Durability#EACH} a returned {@link #put} survives power loss. With
 * {@link Durability#ON_SYNC} chunks wait as temporaries, readable through this object only, until {@link #sync()} (or too
 * many wait) makes all of them durable and then visible; a crash before leaves only temporaries. Temporaries are
 * never taken for chunks; {@link #pruneTemporaries} removes those that a crash left.
 *
 * <p>Thread-safe, and safe beside other processes that write to the same folder.
 */
public final class LocalChunkStore implements ManagedStore {
    /** When a put chunk is made durable. */
    public enum Durability {
        /** Before {@link #put} returns. */
        EACH,
        /** By {@link #sync()}; for writing many chunks of which none counts before an index names them. */
        ON_SYNC
    }

    /** The file name extension of a zstd-compressed chunk. */
    public static final String EXTENSION = ".cacnk";

    private static final String TEMPORARY_PREFIX = ".tmp-cacnk";

    /** Chunks that wait at most; a crash leaves as many temporaries. */
    private static final int MAX_UNSYNCED = 16_384;

    /** From here on one sync of the whole file system, which others may write to, is cheaper than one a file. */
    private static final int MANY = 256;

    private static final Pattern FOLDER_NAME = Pattern.compile("[0-9a-f]{4}");
    private static final Pattern FILE_NAME = Pattern.compile("[0-9a-f]{64}\\.cacnk");

    private final Path base;
    private final Durability durability;
    private final Map<ChunkId, Path> unsynced = new ConcurrentHashMap<>();

    /** Folders that this object has made or seen, at most 65,536; durable with {@link Durability#EACH}. */
    private final Set<Path> folders = ConcurrentHashMap.newKeySet();

    /** Folders with names that are visible and not yet durable; guarded by this. */
    private final Set<Path> unsyncedFolders = new HashSet<>();

    /** A store that makes each chunk durable. The folder may be missing; the first put creates it. */
    public LocalChunkStore(Path base) {
        this(base, Durability.EACH);
    }

    public LocalChunkStore(Path base, Durability durability) {
        this.base = base;
        this.durability = durability;
    }

    @Override
    public String name() {
        return base.toString();
    }

    /** Where a chunk is, or would be. */
    public Path path(ChunkId id) {
        return base.resolve(Stores.path(id));
    }

    @Override
    public boolean has(ChunkId id) {
        if (unsynced.containsKey(id) || Files.isRegularFile(path(id))) {
            return true;
        }
        if (Files.exists(base) && !(Files.isDirectory(base) && Files.isReadable(base))) {
            throw new StoreUnavailableException(name(), "not a folder that can be read", null);
        }
        return false;
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        Path waiting = unsynced.get(id);
        try {
            if (waiting != null) {
                try {
                    return read(id, waiting, maxStoredBytes);
                } catch (NoSuchFileException e) {
                    // A sync came between: it is in its place by now.
                    return read(id, path(id), maxStoredBytes);
                }
            }
            return read(id, path(id), maxStoredBytes);
        } catch (NoSuchFileException e) {
            throw missing(id, e);
        } catch (IOException e) {
            throw new StoreUnavailableException(name(), e.toString(), e);
        }
    }

    @Override
    public long storedSize(ChunkId id, int maxStoredBytes) {
        Path waiting = unsynced.get(id);
        try {
            return Files.size(waiting != null && Files.exists(waiting) ? waiting : path(id));
        } catch (NoSuchFileException e) {
            throw missing(id, e);
        } catch (IOException e) {
            throw new StoreUnavailableException(name(), e.toString(), e);
        }
    }

    /** Why a chunk's file does not exist. */
    private CasyncException missing(ChunkId id, NoSuchFileException cause) {
        return Files.isDirectory(base)
                ? new ChunkMissingException(id, name())
                : new StoreUnavailableException(name(), "the folder does not exist", cause);
    }

    private byte[] read(ChunkId id, Path file, int maxStoredBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > maxStoredBytes) {
                throw new ChunkCorruptException(
                        id, name(), "%d bytes stored, at most %d can be right".formatted(size, maxStoredBytes));
            }
            ByteBuffer stored = ByteBuffer.allocate((int) size);
            while (stored.hasRemaining()) {
                if (channel.read(stored) < 0) {
                    throw new EOFException(file + " shrank while it was read");
                }
            }
            return stored.array();
        }
    }

    @Override
    public boolean put(ChunkId id, byte[] stored) {
        Path target = path(id);
        Path folder = Objects.requireNonNull(target.getParent());
        @Nullable Path temporary = null;
        try {
            if (unsynced.containsKey(id)) {
                return false;
            }
            if (Files.exists(target)) {
                // Whoever put it there may not have synced it; the promise of this call is ours.
                if (durability == Durability.EACH) {
                    DurableFiles.syncFile(target);
                    DurableFiles.syncFolder(folder);
                }
                return false;
            }
            makeFolder(folder);
            temporary = DurableFiles.temporaryIn(folder, TEMPORARY_PREFIX);
            DurableFiles.write(temporary, out -> out.write(stored), durability == Durability.EACH);
            if (durability == Durability.EACH) {
                boolean isFirst = place(temporary, target);
                DurableFiles.syncFolder(folder);
                return isFirst;
            }
        } catch (IOException e) {
            throw failed(temporary, target, e);
        }
        if (unsynced.putIfAbsent(id, temporary) != null) {
            delete(temporary);
            return false;
        }
        if (unsynced.size() >= MAX_UNSYNCED) {
            reveal();
        }
        return true;
    }

    /**
     * Makes the folder of a chunk. One that is there may be another thread's or process's, made a moment ago and not yet
     * durable, so the first use in this object syncs its name too.
     */
    private void makeFolder(Path folder) throws IOException {
        if (folders.contains(folder) && Files.isDirectory(folder)) {
            return;
        }
        if (folders.isEmpty()) {
            DurableFiles.createFolders(base);
        }
        Files.createDirectories(folder);
        if (durability == Durability.EACH) {
            DurableFiles.syncFolder(base);
        }
        folders.add(folder);
    }

    /** Gives a written file its name unless the name is taken; the temporary is gone afterwards. */
    private static boolean place(Path temporary, Path target) throws IOException {
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException e) {
            Files.delete(temporary);
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // No hard links here (FAT, some network shares): a rename, which may replace an equally valid chunk.
            return move(temporary, target);
        }
        Files.delete(temporary);
        return true;
    }

    private static boolean move(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            Files.delete(temporary);
            return false;
        }
    }

    private UncheckedIOException failed(@Nullable Path temporary, Path target, IOException e) {
        if (temporary != null) {
            delete(temporary);
        }
        return new UncheckedIOException(new IOException("cannot write " + target + ": " + DurableFiles.reason(e), e));
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // What is left is a temporary, which nothing reads and pruneTemporaries removes; the first fault counts.
        }
    }

    /**
     * Makes every chunk put so far durable and visible.
     *
     * @throws UncheckedIOException when the disk fails; what was not made visible stays waiting
     */
    @Override
    public synchronized void sync() {
        reveal();
        Path current = base;
        try {
            if (unsyncedFolders.size() >= MANY && DurableFiles.syncFileSystem(base)) {
                unsyncedFolders.clear();
            }
            for (Iterator<Path> each = unsyncedFolders.iterator(); each.hasNext(); each.remove()) {
                current = each.next();
                DurableFiles.syncFolder(current);
            }
        } catch (IOException e) {
            throw failed(null, current, e);
        }
    }

    /** Gives what waits its name once its content is durable; the names are not yet. */
    private synchronized void reveal() {
        Path current = base;
        try {
            Map<ChunkId, Path> batch = new HashMap<>(unsynced);
            boolean synced = batch.size() >= MANY && DurableFiles.syncFileSystem(base);
            for (Map.Entry<ChunkId, Path> waiting : batch.entrySet()) {
                current = path(waiting.getKey());
                if (!synced) {
                    DurableFiles.syncFile(waiting.getValue());
                }
                unsyncedFolders.add(base);
                unsyncedFolders.add(DurableFiles.folderOf(current));
                if (!place(waiting.getValue(), current)) {
                    DurableFiles.syncFile(current);
                }
                unsynced.remove(waiting.getKey());
            }
        } catch (IOException e) {
            throw failed(null, current, e);
        }
    }

    /** Syncs what waits. */
    @Override
    public void close() {
        sync();
    }

    @Override
    public boolean remove(ChunkId id) {
        try {
            return Files.deleteIfExists(path(id));
        } catch (IOException e) {
            throw new StoreUnavailableException(name(), "cannot remove " + path(id) + ": " + DurableFiles.reason(e), e);
        }
    }

    @Override
    public Stream<StoredChunk> list() {
        return files().filter(file -> FILE_NAME.matcher(fileName(file)).matches())
                .flatMap(file -> findStored(file).stream());
    }

    private Optional<StoredChunk> findStored(Path file) {
        ChunkId id = ChunkId.parse(fileName(file).substring(0, 2 * ChunkId.BYTES));
        if (!file.equals(path(id))) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return found.isRegularFile()
                    ? Optional.of(new StoredChunk(
                            id, found.size(), found.lastModifiedTime().toInstant()))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty(); // Removed just now.
        } catch (IOException e) {
            throw new StoreUnavailableException(name(), e.toString(), e);
        }
    }

    /**
     * Deletes temporaries that were last written before {@code olderThan}; younger ones may be another process's.
     *
     * @return how many
     */
    public int pruneTemporaries(Instant olderThan) {
        int pruned = 0;
        try (Stream<Path> files = files()) {
            for (Iterator<Path> each = files.iterator(); each.hasNext(); ) {
                Path file = each.next();
                if (fileName(file).startsWith(TEMPORARY_PREFIX) && isOlder(file, olderThan)) {
                    pruned += Files.deleteIfExists(file) ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pruned;
    }

    private static boolean isOlder(Path file, Instant than) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(than);
        } catch (NoSuchFileException e) {
            return false; // Its writer finished just now.
        }
    }

    /** Every file one level down. */
    @SuppressWarnings("StreamResourceLeak") // closing the result closes both levels
    private Stream<Path> files() {
        try {
            return Files.isDirectory(base)
                    ? Files.list(base)
                            .filter(folder ->
                                    FOLDER_NAME.matcher(fileName(folder)).matches())
                            .flatMap(LocalChunkStore::listFolder)
                    : Stream.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(name(), e.toString(), e);
        }
    }

    @SuppressWarnings("StreamResourceLeak") // flatMap closes it
    private static Stream<Path> listFolder(Path folder) {
        try {
            return Files.list(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String fileName(Path path) {
        return Objects.requireNonNull(path.getFileName()).toString();
    }
}
