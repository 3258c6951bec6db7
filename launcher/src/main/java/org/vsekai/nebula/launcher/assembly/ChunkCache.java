package org.vsekai.nebula.launcher.assembly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.vsekai.nebula.casync.chunk.ChunkId;

/**
 * Fetched chunks, as stored, in a folder of its own. A chunk that was put is found by the next process even if this one is
 * killed; after power loss some may be gone or damaged, which costs their being fetched again, so nothing is synced here.
 * Thread-safe; one process at a time.
 */
public final class ChunkCache {
    private final Path folder;
    private final AtomicLong temporaries = new AtomicLong();

    public ChunkCache(Path folder) {
        this.folder = folder;
    }

    private Path path(ChunkId id) {
        String name = id.toString();
        return folder.resolve(name.substring(0, 2)).resolve(name);
    }

    public boolean has(ChunkId id) {
        return Files.isRegularFile(path(id));
    }

    /** @param maxStoredBytes a larger file is none of ours and counts as absent */
    public Optional<byte[]> find(ChunkId id, int maxStoredBytes) throws IOException {
        Path path = path(id);
        try {
            return Files.size(path) > maxStoredBytes ? Optional.empty() : Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    public void put(ChunkId id, byte[] stored) throws IOException {
        Path path = path(id);
        Files.createDirectories(path.resolveSibling(""));
        Path temporary = path.resolveSibling("tmp-" + temporaries.incrementAndGet());
        Files.write(
                temporary,
                stored,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public void remove(ChunkId id) throws IOException {
        Files.deleteIfExists(path(id));
    }
}
