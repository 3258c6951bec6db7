package org.vsekai.nebula.casync.index;

import java.util.Arrays;
import java.util.Objects;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;

/**
 * The chunks that make up a blob, in order. Immutable and thread-safe. It takes 40 bytes a chunk, as its file does; an
 * index of 2^28 chunks is the most it can hold.
 *
 * <p>Every index, however made, keeps these rules: ends rise strictly, no chunk is empty or longer than
 * {@code sizes().max()}.
 */
public final class ChunkIndex {
    static final int CHUNKS_LIMIT = 1 << 28;
    private static final int WORDS = ChunkId.BYTES / Long.BYTES;

    private final long featureFlags;
    private final ChunkSizes sizes;
    private final int chunkCount;
    private final long[] ends;
    private final long[] ids;

    private ChunkIndex(long featureFlags, ChunkSizes sizes, int chunkCount, long[] ends, long[] ids) {
        this.featureFlags = featureFlags;
        this.sizes = sizes;
        this.chunkCount = chunkCount;
        this.ends = ends;
        this.ids = ids;
    }

    /** The flags as they stand in the file; see {@link FeatureFlags}. */
    public long featureFlags() {
        return featureFlags;
    }

    public ChunkSizes sizes() {
        return sizes;
    }

    /** The digest that made the ids. */
    public ChunkDigest digest() {
        return FeatureFlags.digestOf(featureFlags);
    }

    /**
     * The same table, with its ids taken for another digest's than the flags say, and the flags set right. This is what
     * reads an index made by {@code desync --digest sha256 tar -i}, which holds SHA-256 ids and claims SHA-512/256.
     */
    public ChunkIndex withDigest(ChunkDigest idsMadeWith) {
        return new ChunkIndex(FeatureFlags.withDigest(featureFlags, idsMadeWith), sizes, chunkCount, ends, ids);
    }

    public int chunkCount() {
        return chunkCount;
    }

    /** Offset in the blob of the first byte of chunk {@code i}. */
    public long start(int i) {
        Objects.checkIndex(i, chunkCount);
        return i == 0 ? 0 : ends[i - 1];
    }

    /** Offset in the blob just after chunk {@code i}. */
    public long end(int i) {
        return ends[Objects.checkIndex(i, chunkCount)];
    }

    /** Size of chunk {@code i} in bytes, from 1 to {@code sizes().max()}. */
    public int length(int i) {
        return Math.toIntExact(end(i) - start(i));
    }

    public ChunkId id(int i) {
        int word = WORDS * Objects.checkIndex(i, chunkCount);
        return new ChunkId(ids[word], ids[word + 1], ids[word + 2], ids[word + 3]);
    }

    /** Size of the blob in bytes. */
    public long blobSize() {
        return chunkCount == 0 ? 0 : ends[chunkCount - 1];
    }

    /**
     * The chunk that holds the byte at {@code offset} of the blob.
     *
     * @throws IndexOutOfBoundsException beyond the blob
     */
    public int chunkAt(long offset) {
        Objects.checkIndex(offset, blobSize());
        int found = Arrays.binarySearch(ends, 0, chunkCount, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** Equal when the file would be equal, byte for byte. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkIndex that
                && featureFlags == that.featureFlags
                && sizes.equals(that.sizes)
                && hasSameChunks(that);
    }

    /** Whether both list the same chunks, whatever their flags and sizes say. */
    public boolean hasSameChunks(ChunkIndex that) {
        return Arrays.equals(ends, 0, chunkCount, that.ends, 0, that.chunkCount)
                && Arrays.equals(ids, 0, WORDS * chunkCount, that.ids, 0, WORDS * that.chunkCount);
    }

    @Override
    public int hashCode() {
        return Objects.hash(featureFlags, chunkCount, blobSize());
    }

    @Override
    public String toString() {
        return "ChunkIndex[%d chunks, %d bytes, %s, %s]".formatted(chunkCount, blobSize(), sizes, digest().text());
    }

    /** An empty index of a plain blob, with desync's flags for it. */
    public static Builder builder(ChunkSizes sizes, ChunkDigest digest) {
        return builder(sizes, FeatureFlags.withDigest(FeatureFlags.FEATURES_BLOB, digest));
    }

    /** An empty index with flags of the caller's choice, which also tell the digest. */
    public static Builder builder(ChunkSizes sizes, long featureFlags) {
        return new Builder(sizes, featureFlags);
    }

    /** Collects chunks in blob order. Not thread-safe; of use until {@link #build()}. */
    public static final class Builder {
        private final ChunkSizes sizes;
        private final long featureFlags;
        private int chunkCount;
        private long[] ends = new long[64];
        private long[] ids = new long[64 * WORDS];

        private Builder(ChunkSizes sizes, long featureFlags) {
            this.sizes = sizes;
            this.featureFlags = featureFlags;
        }

        /** Offset in the blob just after the last chunk added. */
        public long end() {
            return chunkCount == 0 ? 0 : ends[chunkCount - 1];
        }

        /**
         * Adds the next chunk.
         *
         * @throws IllegalArgumentException when it is empty, too long, or one too many
         */
        public Builder add(int length, ChunkId id) {
            if (length < 1 || length > sizes.max()) {
                throw new IllegalArgumentException(
                        "chunk of %d bytes at %d: want 1 to %d".formatted(length, end(), sizes.max()));
            }
            if (chunkCount == CHUNKS_LIMIT) {
                throw new IllegalArgumentException("more than " + CHUNKS_LIMIT + " chunks");
            }
            if (chunkCount == ends.length) {
                ends = Arrays.copyOf(ends, 2 * chunkCount);
                ids = Arrays.copyOf(ids, 2 * WORDS * chunkCount);
            }
            long end = Math.addExact(end(), length);
            ends[chunkCount] = end;
            int word = WORDS * chunkCount;
            ids[word] = id.w0();
            ids[word + 1] = id.w1();
            ids[word + 2] = id.w2();
            ids[word + 3] = id.w3();
            chunkCount++;
            return this;
        }

        public ChunkIndex build() {
            return new ChunkIndex(
                    featureFlags,
                    sizes,
                    chunkCount,
                    Arrays.copyOf(ends, chunkCount),
                    Arrays.copyOf(ids, WORDS * chunkCount));
        }
    }
}
