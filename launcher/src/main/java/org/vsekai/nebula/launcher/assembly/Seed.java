package org.vsekai.nebula.launcher.assembly;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * Something on this machine that holds chunks at known places: a file, or a folder by way of its archive's layout. It may have
 * changed since it was indexed; then it lacks the chunks that changed and no others. Thread-safe.
 */
public final class Seed {
    private final BlobSource blob;
    private final ChunkDigest digest;
    private final Map<ChunkId, Place> places;

    private record Place(long start, int length) {}

    private Seed(BlobSource blob, ChunkDigest digest, Map<ChunkId, Place> places) {
        this.blob = blob;
        this.digest = digest;
        this.places = places;
    }

    /** A blob whose index is known. */
    public static Seed of(BlobSource blob, ChunkIndex index) {
        Map<ChunkId, Place> places = HashMap.newHashMap(index.chunkCount());
        for (int i = 0; i < index.chunkCount(); i++) {
            if (index.end(i) <= blob.size()) {
                places.putIfAbsent(index.id(i), new Place(index.start(i), index.length(i)));
            }
        }
        return new Seed(blob, index.digest(), places);
    }

    /** A blob without an index: it is cut as {@code like} was. */
    public static Seed ofUnindexed(BlobSource blob, ChunkIndex like, int threads) throws IOException {
        ChunkIndex.Builder builder = ChunkIndex.builder(like.sizes(), like.digest());
        new ParallelChunker(like.sizes(), like.digest(), threads)
                .chunk(blob, (number, start, id, bytes, offset, length) -> {}, builder::add);
        return of(blob, builder.build());
    }

    public boolean lists(ChunkId id) {
        return places.containsKey(id);
    }

    /**
     * @param target receives the chunk from its start
     * @return whether the chunk is there and intact
     */
    public boolean read(ChunkId id, byte[] target, int length) {
        Place place = places.get(id);
        if (place == null || place.length != length) {
            return false;
        }
        try {
            blob.read(place.start, target, 0, length);
        } catch (IOException | InputChangedException e) {
            return false; // Changed since it was indexed: to a seed that is no failure.
        }
        return digest.hash(target, 0, length).equals(id);
    }
}
