package org.vsekai.nebula.casync.assemble;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.Stores;

/**
 * A folder of chunks as fetched, in the layout of a local store, from which an interrupted run goes on. A chunk is there
 * whole as soon as it was put and survives the end of the process. It is not synced: after power loss some may be damaged,
 * which reading notices by their digest, and such a chunk is fetched again. Thread-safe.
 *
 * <p>A cache without a bound keeps all that an assembly fetches. A bounded one keeps what the assembly will need again and,
 * when it ends early, what had come and was not used; the oldest make room for the newest.
 */
public final class ChunkCache {
    private static final String TEMPORARY_PREFIX = ".tmp-";

    private final Path folder;
    private final long limitBytes;
    /** What a bounded cache holds, oldest first. */
    private final SequencedMap<ChunkId, Long> held = new LinkedHashMap<>();

    private long heldBytes;

    /** The folder may be missing; the first put creates it. Temporaries that a killed process left are not read. */
    public ChunkCache(Path folder) {
        this(folder, Long.MAX_VALUE);
    }

    private ChunkCache(Path folder, long limitBytes) {
        this.folder = folder;
        this.limitBytes = limitBytes;
    }

    /**
     * A cache of at most {@code limitBytes} in files. What is there already counts, and is dropped if it is too much.
     *
     * @throws IOException when the folder is there and cannot be read
     */
    public static ChunkCache bounded(Path folder, long limitBytes) throws IOException {
        ChunkCache cache = new ChunkCache(folder, limitBytes);
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder, 2)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = file.getFileName().toString();
                    if (name.matches("[0-9a-f]{64}\\.cacnk")) {
                        cache.account(ChunkId.parse(name.substring(0, 2 * ChunkId.BYTES)), Files.size(file));
                    } else {
                        Files.delete(file);
                    }
                }
            }
        }
        return cache;
    }

    boolean isBounded() {
        return limitBytes != Long.MAX_VALUE;
    }

    private synchronized void account(ChunkId id, long bytes) throws IOException {
        Long before = held.remove(id);
        heldBytes += bytes - (before == null ? 0 : before);
        held.put(id, bytes);
        while (heldBytes > limitBytes) {
            Map.Entry<ChunkId, Long> oldest = Objects.requireNonNull(held.pollFirstEntry());
            heldBytes -= oldest.getValue();
            Files.deleteIfExists(path(oldest.getKey()));
        }
    }

    public Path folder() {
        return folder;
    }

    private Path path(ChunkId id) {
        return folder.resolve(Stores.path(id));
    }

    /** Whether there is such a chunk, whole or damaged. */
    boolean has(ChunkId id) {
        return Files.isRegularFile(path(id));
    }

    /** The plain bytes of a chunk; null when there is none or only a damaged one, which is removed. */
    byte @Nullable [] find(ChunkId id, ChunkDigest digest, int length) throws IOException {
        Path path = path(id);
        try {
            if (Files.size(path) > ChunkCodec.maxStoredBytes(length)) {
                throw new ChunkCorruptException(id, folder.toString(), "it is larger than it can be");
            }
            return ChunkCodec.verify(id, digest, Files.readAllBytes(path), length, folder.toString());
        } catch (NoSuchFileException e) {
            return null;
        } catch (ChunkCorruptException e) {
            Files.deleteIfExists(path);
            return null;
        }
    }

    void put(ChunkId id, byte[] stored) throws IOException {
        Path path = path(id);
        Path parent = DurableFiles.folderOf(path);
        Files.createDirectories(parent);
        Path temporary = DurableFiles.temporaryIn(parent, TEMPORARY_PREFIX);
        try {
            // Not Files.write, whose channel fails in an interrupted thread: closing a stream interrupts its searches,
            // and
            // what they have received by then is to be kept.
            try (OutputStream out = new FileOutputStream(temporary.toFile())) {
                out.write(stored);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (isBounded()) {
                account(id, stored.length);
            }
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw new IOException("cannot write " + path + ": " + DurableFiles.reason(e), e);
        }
    }

    /** Removes the cache and all that is in it. */
    public void delete() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> prefixes = Files.newDirectoryStream(folder)) {
            for (Path prefix : prefixes) {
                try (DirectoryStream<Path> chunks = Files.newDirectoryStream(prefix)) {
                    for (Path chunk : chunks) {
                        Files.delete(chunk);
                    }
                }
                Files.delete(prefix);
            }
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        Files.delete(folder);
    }
}
