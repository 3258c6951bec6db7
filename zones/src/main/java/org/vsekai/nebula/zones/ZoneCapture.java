package org.vsekai.nebula.zones;

import java.util.Arrays;

/**
 * The pages of a zone that changed, and its sessions, as they were between two steps; see {@link Zone#capture}. Kept and filled again: its
 * buffers grow to what the zone needs. Belongs to whoever holds it; not safe for threads.
 */
public final class ZoneCapture {
    private byte[] bytes = new byte[1 << 16];
    private int size;
    private int[] numbers = new int[16];
    private int[] offsets = new int[17];
    private int pages;
    private int sessionsOffset;
    private int tick;
    private int entities;

    void begin(int ofTick, int entitiesThen) {
        tick = ofTick;
        entities = entitiesThen;
        size = 0;
        pages = 0;
    }

    /** Room for so many bytes at {@link #size}. */
    byte[] room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length + (bytes.length >> 1)));
        }
        return bytes;
    }

    int size() {
        return size;
    }

    void endPage(int number, int end) {
        if (pages == numbers.length) {
            numbers = Arrays.copyOf(numbers, pages * 2);
            offsets = Arrays.copyOf(offsets, pages * 2 + 1);
        }
        numbers[pages] = number;
        offsets[pages++] = size;
        offsets[pages] = end;
        size = end;
    }

    void endSessions(int end) {
        sessionsOffset = size;
        size = end;
    }

    /** All changes of this tick and of those before it are in. */
    public int tick() {
        return tick;
    }

    /** In the whole zone. */
    public int entities() {
        return entities;
    }

    /** How many pages are captured. */
    public int pages() {
        return pages;
    }

    /** The number of a captured page, by index up to {@link #pages}; ascending. */
    public int page(int index) {
        return numbers[index];
    }

    /** Where a captured page begins in {@link #bytes}. */
    public int offset(int index) {
        return offsets[index];
    }

    /** Of a captured page, in bytes. */
    public int length(int index) {
        return offsets[index + 1] - offsets[index];
    }

    /** Holds all of it until the next capture. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the sessions begin in {@link #bytes}. */
    public int sessionsOffset() {
        return sessionsOffset;
    }

    /** Of the sessions, in bytes. */
    public int sessionsLength() {
        return size - sessionsOffset;
    }
}
