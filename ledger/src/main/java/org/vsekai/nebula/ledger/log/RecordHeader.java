package org.vsekai.nebula.ledger.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before each command in a segment. A record begins at a multiple of 64 bytes, so that its header never
 * lies across two sectors, and is filled up to the next with at least one {@code 0xff}: where a whole record was written, its
 * last byte is not zero.
 *
 * @param length of the command, bytes
 * @param index of the entry
 * @param term of the entry
 * @param commit the commit index that the writer knew of, below {@code index}
 * @param position in the append call that wrote it, from 0: entries of one call become durable together
 * @param internal whether the command is one of jgroups-raft's own
 * @param commandCrc CRC-32C of the command
 */
record RecordHeader(int length, long index, long term, long commit, int position, boolean internal, int commandCrc) {
    static final int BYTES = 48;
    static final int ALIGNMENT = 64;

    private static final int MAGIC = 0x524c424e; // "NBLR"
    private static final int CRC_OFFSET = 44;
    private static final int INTERNAL = 1;
    private static final byte FILL = (byte) 0xff;

    /** Bytes that a record with a command of {@code length} takes. */
    static long extent(int length) {
        return ((long) BYTES + length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    long extent() {
        return extent(length);
    }

    /** Index of the first entry of the append call that wrote it. */
    long callBegin() {
        return index - position;
    }

    void put(ByteBuffer out, long salt) {
        int start = out.position();
        out.putInt(MAGIC)
                .putInt(length)
                .putLong(index)
                .putLong(term)
                .putLong(commit)
                .putInt(position)
                .putInt(internal ? INTERNAL : 0)
                .putInt(commandCrc);
        out.putInt(crc(out, start, salt));
    }

    /** Fills up a record that began at {@code start}. */
    static void fill(ByteBuffer out, int start) {
        do {
            out.put(FILL);
        } while ((out.position() - start) % ALIGNMENT != 0);
    }

    /**
     * Reads a header at the buffer's position, which stays.
     *
     * @return null where no header of this segment stands, or a damaged one
     */
    static @Nullable RecordHeader find(ByteBuffer in, long salt) {
        int at = in.position();
        if (in.getInt(at) != MAGIC || in.getInt(at + CRC_OFFSET) != crc(in, at, salt)) {
            return null;
        }
        int flags = in.getInt(at + 36);
        return (flags & ~INTERNAL) != 0
                ? null
                : new RecordHeader(
                        in.getInt(at + 4),
                        in.getLong(at + 8),
                        in.getLong(at + 16),
                        in.getLong(at + 24),
                        in.getInt(at + 32),
                        flags == INTERNAL,
                        in.getInt(at + 40));
    }

    /** The segment's random salt comes first, so that nothing written for another place passes here. */
    private static int crc(ByteBuffer buffer, int at, long salt) {
        CRC32C crc = new CRC32C();
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (salt >>> shift));
        }
        crc.update(buffer.duplicate().limit(at + CRC_OFFSET).position(at));
        return (int) crc.getValue();
    }
}
