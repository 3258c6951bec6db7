package org.vsekai.nebula.sync.memory;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a complete round is: the pages of one moment and the sessions. In bytes, big-endian:
 *
 * <pre>
 * 4  "NZR1"
 * 8  owner       the epoch of whoever may replace this header, and anybody of a larger one
 * 8  epoch       of the pages; 0: there is no round yet
 * 4  tick        everything of this one and before is in
 * 4  ticks per second
 * 4  n           pages; for each: 4 number, 4 version, 4 length, 4 CRC32C
 * 4  m           bytes of the sessions, then these
 * 4  CRC32C      of all before
 * </pre>
 *
 * <p>A new owner first puts its own epoch as the header's owner and leaves the rest: from then on the one before completes no round.
 * Immutable.
 */
final class RoundHeader {
    static final int MOST_PAGES = 1 << 13;
    private static final int MAGIC = 0x4e5a5231;
    private static final int PAGE_BYTES = 16;
    private static final int FIXED_BYTES = 4 + 8 + 8 + 4 + 4 + 4 + 4 + 4;
    private static final int CHECKSUM_BYTES = 4;

    /** Where a page is, and what it must be. */
    record Page(int number, int version, int length, int checksum) {}

    private final long owner;
    private final long epoch;
    private final int tick;
    private final int ticksPerSecond;
    private final Page[] pages;
    private final byte[] sessions;

    private RoundHeader(long owner, long epoch, int tick, int ticksPerSecond, Page[] pages, byte[] sessions) {
        this.owner = owner;
        this.epoch = epoch;
        this.tick = tick;
        this.ticksPerSecond = ticksPerSecond;
        this.pages = pages;
        this.sessions = sessions;
    }

    /** A round of the owner's own. What is given must not be changed any more. */
    static RoundHeader of(long epoch, int tick, int ticksPerSecond, Page[] pages, byte[] sessions) {
        return new RoundHeader(epoch, epoch, tick, ticksPerSecond, pages, sessions);
    }

    /** That a zone is owned, and nothing yet. */
    static RoundHeader empty(long owner) {
        return new RoundHeader(owner, 0, 0, 0, new Page[0], new byte[0]);
    }

    /** The same round, to be replaced by this owner and later ones. */
    RoundHeader ownedBy(long nextOwner) {
        return new RoundHeader(nextOwner, epoch, tick, ticksPerSecond, pages, sessions);
    }

    long owner() {
        return owner;
    }

    long epoch() {
        return epoch;
    }

    int tick() {
        return tick;
    }

    int ticksPerSecond() {
        return ticksPerSecond;
    }

    int pages() {
        return pages.length;
    }

    Page page(int index) {
        return pages[index];
    }

    /** Not to be changed. */
    byte[] sessions() {
        return sessions;
    }

    byte[] encode() {
        ByteBuffer to = ByteBuffer.allocate(FIXED_BYTES + pages.length * PAGE_BYTES + sessions.length);
        to.putInt(MAGIC).putLong(owner).putLong(epoch).putInt(tick).putInt(ticksPerSecond);
        to.putInt(pages.length);
        for (Page page : pages) {
            to.putInt(page.number).putInt(page.version).putInt(page.length).putInt(page.checksum);
        }
        to.putInt(sessions.length).put(sessions);
        to.putInt(checksum(to.array(), 0, to.position()));
        return to.array();
    }

    /** Empty if the bytes are no header, or no whole one. */
    static Optional<RoundHeader> decode(byte[] bytes) {
        if (bytes.length < FIXED_BYTES) {
            return Optional.empty();
        }
        ByteBuffer from = ByteBuffer.wrap(bytes);
        int end = bytes.length - CHECKSUM_BYTES;
        if (from.getInt(end) != checksum(bytes, 0, end) || from.getInt() != MAGIC) {
            return Optional.empty();
        }
        try {
            long owner = from.getLong();
            long epoch = from.getLong();
            int tick = from.getInt();
            int ticksPerSecond = from.getInt();
            int count = from.getInt();
            if (count < 0 || count > MOST_PAGES || count * PAGE_BYTES > from.remaining()) {
                return Optional.empty();
            }
            Page[] pages = new Page[count];
            for (int i = 0; i < count; i++) {
                pages[i] = new Page(from.getInt(), from.getInt(), from.getInt(), from.getInt());
            }
            int length = from.getInt();
            if (length != from.remaining() - CHECKSUM_BYTES) {
                return Optional.empty();
            }
            byte[] sessions = Arrays.copyOfRange(bytes, from.position(), from.position() + length);
            return Optional.of(new RoundHeader(owner, epoch, tick, ticksPerSecond, pages, sessions));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    static int checksum(byte[] bytes, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, offset, length);
        return (int) checksum.getValue();
    }
}
