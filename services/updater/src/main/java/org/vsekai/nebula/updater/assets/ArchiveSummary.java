package org.vsekai.nebula.updater.assets;

import java.util.Set;

/**
 * What is known of an archive as a whole. Sizes are bytes.
 *
 * @param digest of its chunk ids, {@code sha512-256} or {@code sha256}
 */
public record ArchiveSummary(
        long archiveBytes,
        long chunkCount,
        String digest,
        long chunkMinBytes,
        long chunkAvgBytes,
        long chunkMaxBytes,
        long indexBytes) {
    private static final Set<String> DIGESTS = Set.of("sha512-256", "sha256");

    public ArchiveSummary {
        if (!DIGESTS.contains(digest)) {
            throw new IllegalArgumentException("unknown digest of chunk ids");
        }
        for (long figure :
                new long[] {archiveBytes, chunkCount, chunkMinBytes, chunkAvgBytes, chunkMaxBytes, indexBytes}) {
            if (figure < 0 || figure > ArchiveNode.MAX_EXACT_INTEGER) {
                throw new IllegalArgumentException("a figure is out of range: " + Long.toUnsignedString(figure));
            }
        }
    }
}
