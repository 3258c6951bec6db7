package org.vsekai.nebula.ledger.log;

import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries, consecutive, as many as a bound of bytes allows: what followers are sent again and whose terms are asked
 * for. A ring that is indexed by the entry's index. Thread-safe.
 */
final class RecentEntries {
    /** What an entry takes beside its command, roughly. */
    private static final long OVERHEAD = 64;

    private final long maxBytes;
    private @Nullable LogEntry[] ring = new @Nullable LogEntry[256];
    private long first = 1;
    private long next = 1;
    private long bytes;

    RecentEntries(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized @Nullable LogEntry find(long index) {
        return index >= first && index < next ? ring[slot(index)] : null;
    }

    /** Adds the entry behind the newest; any other index begins anew. */
    synchronized void add(long index, LogEntry entry) {
        if (index != next) {
            clear();
            first = index;
            next = index;
        }
        if (next - first == ring.length) {
            grow();
        }
        ring[slot(next++)] = entry;
        bytes += size(entry);
        while (bytes > maxBytes) {
            drop(first++);
        }
    }

    synchronized void removeFrom(long index) {
        while (next > index && next > first) {
            drop(--next);
        }
    }

    synchronized void clear() {
        removeFrom(first);
    }

    private void drop(long index) {
        LogEntry entry = ring[slot(index)];
        ring[slot(index)] = null;
        bytes -= entry == null ? 0 : size(entry);
    }

    private static long size(LogEntry entry) {
        byte[] command = entry.command();
        return OVERHEAD + (command == null ? 0 : command.length);
    }

    private void grow() {
        @Nullable LogEntry[] larger = new @Nullable LogEntry[ring.length * 2];
        for (long index = first; index < next; index++) {
            larger[(int) (index & (larger.length - 1))] = ring[slot(index)];
        }
        ring = larger;
    }

    private int slot(long index) {
        return (int) (index & (ring.length - 1));
    }
}
