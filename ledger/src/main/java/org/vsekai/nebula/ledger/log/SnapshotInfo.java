package org.vsekai.nebula.ledger.log;

/**
 * The published snapshot.
 *
 * @param index of the last entry in it
 * @param term of that entry
 * @param bytes of its content
 */
public record SnapshotInfo(long index, long term, long bytes) {
    public SnapshotInfo {
        if (index < 1 || term < 0 || bytes < 0) {
            throw new IllegalArgumentException("snapshot of index %d, term %d, %d bytes".formatted(index, term, bytes));
        }
    }
}
