package org.vsekai.nebula.casync.index;

import org.vsekai.nebula.casync.chunk.ChunkDigest;

/**
 * The feature flags of an index and of every archive entry: what the producer kept. Only {@link #SHA512_256} changes how
 * an index is read. Sources: casync {@code src/caformat.h}, desync {@code const.go}.
 */
public final class FeatureFlags {
    /** Chunk ids are SHA-512/256; else SHA-256. */
    public static final long SHA512_256 = 0x2000_0000_0000_0000L;

    private static final long EXCLUDES_NODUMP = 0x8000_0000_0000_0000L;

    /** What {@code desync make} writes for a plain blob. */
    public static final long FEATURES_BLOB = EXCLUDES_NODUMP | SHA512_256;

    /** What {@code desync tar} writes: everything that it keeps of a file. */
    public static final long FEATURES_ARCHIVE = 0xb000_0000_1000_1f22L;

    /** Every flag that casync defines; it refuses an index with another one, and so do we. */
    static final long KNOWN = 0xf000_0001_ffff_ffffL;

    private FeatureFlags() {}

    /** The same flags, saying that ids are made with {@code digest}. */
    public static long withDigest(long flags, ChunkDigest digest) {
        return switch (digest) {
            case SHA512_256 -> flags | SHA512_256;
            case SHA256 -> flags & ~SHA512_256;
        };
    }

    static ChunkDigest digestOf(long flags) {
        return (flags & SHA512_256) != 0 ? ChunkDigest.SHA512_256 : ChunkDigest.SHA256;
    }
}
