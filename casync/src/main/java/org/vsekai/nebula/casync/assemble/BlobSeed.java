package org.vsekai.nebula.casync.assemble;

import java.io.IOException;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * A seed with an index: a file, or a folder as {@link org.vsekai.nebula.casync.archive.ArchiveLayout} lays it out. The
 * source may have changed since the index was made; each chunk is hashed when it is read.
 */
public final class BlobSeed implements Seed {
    /** Occurrences of a chunk that are tried before the seed is taken to have lost it. */
    private static final int MAX_TRIES = 4;

    private final BlobSource source;
    private final ChunkIndex index;
    private final Occurrences occurrences;

    /** The source is closed with the seed. */
    public BlobSeed(BlobSource source, ChunkIndex index) {
        this.source = source;
        this.index = index;
        this.occurrences = new Occurrences(index);
    }

    /**
     * A seed of a source that has no index yet: it is read and cut now, on {@code threads} threads. If that fails, the
     * source is closed.
     */
    public static BlobSeed chunk(BlobSource source, ChunkSizes sizes, ChunkDigest digest, int threads)
            throws IOException {
        ChunkIndex.Builder index = ChunkIndex.builder(sizes, digest);
        try {
            new ParallelChunker(sizes, digest, threads)
                    .chunk(source, (number, start, id, bytes, offset, length) -> {}, index::add);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
        return new BlobSeed(source, index.build());
    }

    /** What it was indexed as. */
    public ChunkIndex index() {
        return index;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public boolean lists(ChunkId id) {
        return occurrences.first(id) != Occurrences.NONE;
    }

    @Override
    public boolean read(ChunkId id, int length, byte[] target) {
        int tries = 0;
        for (int i = occurrences.first(id); i != Occurrences.NONE && tries < MAX_TRIES; i = occurrences.next(i)) {
            tries++;
            if (index.length(i) == length && index.end(i) <= source.size()) {
                try {
                    source.read(index.start(i), target, 0, length);
                    if (index.digest().hash(target, 0, length).equals(id)) {
                        return true;
                    }
                } catch (IOException | InputChangedException e) {
                    // This part of the seed is gone, which is what the false below says.
                }
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
