package org.vsekai.nebula.ledger.log;

/**
 * How a log is kept.
 *
 * @param segmentBytes of a segment file, all written when it is made; a multiple of 4,096 up to 1 GiB
 * @param entryBytes of a command, at most
 * @param snapshotBytes of a snapshot, at most
 * @param cacheBytes of the newest entries that are kept in memory
 * @param fsync whether writes are made durable before calls return; without, a power cut loses acknowledged entries and
 *     votes. For tests and controls only
 */
public record LogOptions(long segmentBytes, int entryBytes, int snapshotBytes, long cacheBytes, boolean fsync) {
    /** Segments of 64 MiB, commands up to 16 MiB, snapshots up to 512 MiB, 16 MiB in memory, durable. */
    public static final LogOptions DEFAULT = new LogOptions(64 << 20, 16 << 20, 512 << 20, 16 << 20, true);

    public LogOptions {
        if (segmentBytes < 4096 || segmentBytes > 1 << 30 || segmentBytes % 4096 != 0) {
            throw new IllegalArgumentException("segmentBytes %d (4096 to 1 GiB, by 4096)".formatted(segmentBytes));
        }
        if (entryBytes < 1 || Segment.HEADER_BYTES + RecordHeader.extent(entryBytes) > segmentBytes) {
            throw new IllegalArgumentException(
                    "entryBytes %d (at least 1; a segment of %d must hold one)".formatted(entryBytes, segmentBytes));
        }
        if (snapshotBytes < 1 || snapshotBytes > Integer.MAX_VALUE - 64 || cacheBytes < 0) {
            throw new IllegalArgumentException(
                    "snapshotBytes %d (from 1), cacheBytes %d (from 0)".formatted(snapshotBytes, cacheBytes));
        }
    }

    public LogOptions withSegmentBytes(long bytes) {
        return new LogOptions(bytes, (int) Math.min(entryBytes, bytes / 2), snapshotBytes, cacheBytes, fsync);
    }

    public LogOptions withCacheBytes(long bytes) {
        return new LogOptions(segmentBytes, entryBytes, snapshotBytes, bytes, fsync);
    }

    public LogOptions withFsync(boolean on) {
        return new LogOptions(segmentBytes, entryBytes, snapshotBytes, cacheBytes, on);
    }
}
