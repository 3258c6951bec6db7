package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.index.FeatureFlags;

/** The feature flags that a blob's index states: those of the blob's first ENTRY if it is an archive, as desync does it. */
final class ArchiveFlags {
    private static final long ENTRY_SIZE = 64;
    private static final long ENTRY_TYPE = 0x1396fabcea5bbb51L;

    private ArchiveFlags() {}

    static long of(BlobSource blob, ChunkDigest digest) throws IOException {
        if (blob.size() < ENTRY_SIZE) {
            return FeatureFlags.withDigest(FeatureFlags.FEATURES_BLOB, digest);
        }
        byte[] head = new byte[24];
        blob.read(0, head, 0, head.length);
        ByteBuffer entry = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        boolean archive = entry.getLong(0) == ENTRY_SIZE && entry.getLong(8) == ENTRY_TYPE;
        return FeatureFlags.withDigest(archive ? entry.getLong(16) : FeatureFlags.FEATURES_BLOB, digest);
    }
}
