package org.vsekai.nebula.client.entities;

import java.util.Arrays;

/** A repeated number, packed or not, in an array that is kept; never more numbers than there were bytes. Not safe for threads. */
final class Numbers {
    private int[] values = new int[16];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** The first {@link #size} are the numbers; another array after more were read. */
    int[] values() {
        return values;
    }

    private void add(int value) {
        room(1);
        values[size++] = value;
    }

    /** Numbers as they stand there; signed ones are to be read with {@link WireReader#zigzag}. */
    void read(WireReader from, int tag) {
        if ((tag & 7) == WireReader.VARINT) {
            add(from.varint32());
            return;
        }
        int end = end(from, 1);
        size = from.varints(end, values, size);
        checkEnd(from, end);
    }

    void readFixed(WireReader from, int tag) {
        if ((tag & 7) == WireReader.FIXED32) {
            add(from.fixed32());
            return;
        }
        int end = end(from, 4);
        size = from.fixed32s(end, values, size);
        checkEnd(from, end);
    }

    private int end(WireReader from, int bytes) {
        int length = from.length();
        room(length / bytes);
        return from.offset() + length;
    }

    private static void checkEnd(WireReader from, int end) {
        if (from.offset() != end) {
            throw new MalformedFrameException("a list ends within a number");
        }
    }

    private void room(int more) {
        if (values.length - size < more) {
            values = Arrays.copyOf(values, Math.max(size + more, values.length * 2));
        }
    }
}
