package org.vsekai.nebula.stores;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ManagedStore;
import org.vsekai.nebula.casync.store.Stores;

/** Chunks in casync's layout, {@code <folder>/<first 4 hex>/<64 hex>.cacnk}, over any object store. Thread-safe. */
public final class ObjectChunkStore implements ManagedStore {
    private static final int ATTEMPTS = 3;
    private static final Pattern CHUNK = Pattern.compile("([0-9a-f]{4})/(\\1[0-9a-f]{60})\\.cacnk");

    private final ObjectStore objects;
    private final String folder;

    /**
     * @param objects closed with this store
     * @param folder where the chunks are in it, without a slash at the end; empty when they are all of it
     */
    public ObjectChunkStore(ObjectStore objects, String folder) {
        this.objects = objects;
        this.folder = ObjectPath.checkFolder(folder);
    }

    @Override
    public String name() {
        return folder.isEmpty() ? objects.name() : objects.name() + "/" + folder;
    }

    /** Where a chunk is, or would be, in the object store. */
    public String path(ChunkId id) {
        return folder.isEmpty() ? Stores.path(id) : folder + "/" + Stores.path(id);
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        for (int attempt = 1; ; attempt++) {
            try (ObjectStream stream = objects.open(path(id))) {
                if (stream.length() > maxStoredBytes) {
                    throw new ChunkCorruptException(
                            id,
                            name(),
                            "%d bytes stored, at most %d can be right".formatted(stream.length(), maxStoredBytes));
                }
                return stream.readNBytes((int) stream.length());
            } catch (ObjectMissingException e) {
                throw new ChunkMissingException(id, name());
            } catch (ObjectCorruptException e) {
                throw new ChunkCorruptException(id, name(), String.valueOf(e.getMessage()));
            } catch (IOException e) {
                // What the object store tries again by itself ends when the stream begins.
                if (attempt == ATTEMPTS) {
                    throw new StoreUnavailableException(
                            name(), "chunk %s broke off %d times: %s".formatted(id, attempt, e), e);
                }
            }
        }
    }

    @Override
    public boolean has(ChunkId id) {
        return objects.find(path(id)).isPresent();
    }

    @Override
    public boolean put(ChunkId id, byte[] stored) {
        return objects.putIfAbsent(path(id), ObjectContent.of(stored));
    }

    @Override
    public Stream<StoredChunk> list() {
        return objects.list(folder).flatMap(object -> findChunk(object).stream());
    }

    private Optional<StoredChunk> findChunk(StoredObject object) {
        String path = folder.isEmpty() ? object.path() : object.path().substring(folder.length() + 1);
        return CHUNK.matcher(path).matches()
                ? Optional.of(new StoredChunk(
                        ChunkId.parse(path.substring(5, path.length() - LocalChunkStore.EXTENSION.length())),
                        object.size(),
                        object.lastModified()))
                : Optional.empty();
    }

    @Override
    public boolean remove(ChunkId id) {
        return objects.remove(path(id));
    }

    @Override
    public void close() {
        objects.close();
    }
}
