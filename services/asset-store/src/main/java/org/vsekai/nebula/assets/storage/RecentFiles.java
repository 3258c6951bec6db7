package org.vsekai.nebula.assets.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.buffer.Unpooled;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.stores.ObjectStream;

/**
 * Small files that were asked for lately, in memory, so that the event loop answers without the disk and with one write.
 *
 * <p>A file that is removed or mended is sent as it was for at most {@link StoreConfig#recentFileLifetime()}; that its bytes
 * are what its name says holds all the same. Thread-safe.
 */
@ApplicationScoped
class RecentFiles {
    /**
     * A file and its bytes.
     *
     * @param content null for a file that is too large to be held; not to be changed
     */
    record Entry(StoredFile file, @Nullable Buffer content) {}

    /** What an entry needs beside its path and its bytes: objects, an entity tag, the cache's own links. */
    private static final int ENTRY_BYTES = 600;

    private static final int PART_OF_HEAP = 4;

    private final Cache<String, Entry> entries;
    private final long maxFileBytes;
    private final StoreFolder store;
    private final ManifestCopies manifests;

    RecentFiles(StoreConfig config, StoreFolder store, ManifestCopies manifests) {
        this.store = store;
        this.manifests = manifests;
        long maxBytes = config.recentFiles()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
        this.maxFileBytes = Math.min(config.recentFileMaxSize().asLongValue(), maxBytes);
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher(RecentFiles::weight)
                .expireAfterWrite(config.recentFileLifetime())
                .build();
    }

    private static int weight(String path, Entry entry) {
        return Optional.ofNullable(entry.content).map(Buffer::length).orElse(0) + path.length() + ENTRY_BYTES;
    }

    /** What was read under a path; never blocks. */
    @Nullable
    Entry find(String path) {
        return entries.getIfPresent(path);
    }

    private Buffer content(StoredFile file) throws IOException {
        if (file.content() != null) {
            return file.content();
        }
        if (file.file() == null && ManifestCopies.holds(file)) {
            return Buffer.buffer(Unpooled.wrappedBuffer(manifests.read(file)));
        }
        if (file.file() == null) {
            try (ObjectStream stream = store.objects().open(file.object(), 0, file.size())) {
                return Buffer.buffer(Unpooled.wrappedBuffer(stream.readAllBytes()));
            }
        }
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
        try (FileChannel channel = FileChannel.open(file.file(), StandardOpenOption.READ)) {
            while (content.hasRemaining()) {
                if (channel.read(content) < 0) {
                    throw new EOFException(file.file() + " is shorter than it was a moment ago");
                }
            }
        }
        return Buffer.buffer(Unpooled.wrappedBuffer(content.flip()));
    }

    /** Reads a file unless it is too large, and keeps it. Blocking. */
    Entry read(String path, StoredFile file) throws IOException {
        if (file.size() > maxFileBytes) {
            return new Entry(file, null);
        }
        Buffer content = content(file);
        StoredFile kept =
                new StoredFile(file.object(), file.file(), null, file.size(), file.sha256(), file.contentType());
        Entry entry = new Entry(kept, content);
        entries.put(path, entry);
        return entry;
    }
}
