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
import java.util.Objects;
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
 */
public final class ChunkCache {
    private static final String TEMPORARY_PREFIX = ".tmp-";

    private final Path folder;

    /** The folder may be missing; the first put creates it. Temporaries that a killed process left are not read. */
    public ChunkCache(Path folder) {
        this.folder = folder;
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
