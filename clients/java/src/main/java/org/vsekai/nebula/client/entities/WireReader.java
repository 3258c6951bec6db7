package org.vsekai.nebula.client.entities;

/**
 * Reads protobuf's encoding from a part of an array; whatever would leave that part is refused. Not safe for threads.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protobuf: encoding</a>
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int DELIMITED = 2;
    static final int FIXED32 = 5;

    private byte[] bytes = {};
    private int at;
    private int end;

    void read(byte[] from, int offset, int length) {
        bytes = from;
        at = offset;
        end = offset + length;
    }

    /** Reads the value of a delimited field with another reader, and passes over it with this one. */
    void into(WireReader other) {
        int length = length();
        other.read(bytes, at, length);
        at += length;
    }

    boolean atEnd() {
        return at == end;
    }

    int offset() {
        return at;
    }

    /** Back to where it was before, or on to what is known to be there. */
    void seek(int offset) {
        at = offset;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The next field's number and type, as {@code number << 3 | type}. */
    int tag() {
        int tag = varint32();
        if (tag >>> 3 == 0) {
            throw new MalformedFrameException("field number 0");
        }
        return tag;
    }

    long varint64() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = next();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedFrameException("a number of more than ten bytes");
    }

    /** The low 32 bits, as every protobuf reader takes a number that is too long for its field. */
    int varint32() {
        if (at < end && bytes[at] >= 0) {
            return bytes[at++];
        }
        if (at + 1 < end && bytes[at + 1] >= 0) {
            int value = (bytes[at] & 0x7f) | bytes[at + 1] << 7;
            at += 2;
            return value;
        }
        return (int) varint64();
    }

    int zigzag() {
        return zigzag(varint32());
    }

    /** The number that was written so that it is small whatever its sign. */
    static int zigzag(int value) {
        return (value >>> 1) ^ -(value & 1);
    }

    int fixed32() {
        if (end - at < 4) {
            throw truncated();
        }
        int value = (bytes[at] & 0xff)
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
        at += 4;
        return value;
    }

    /**
     * Puts the numbers that stand before this offset into an array from this index on, which must have a place for each byte. One that
     * reaches beyond the offset is read whole.
     *
     * @return the index after the last
     */
    int varints(int until, int[] to, int index) {
        byte[] from = bytes;
        int i = index;
        int next = at;
        while (next < until) {
            int value = from[next];
            if (value >= 0) {
                next++;
            } else if (next + 1 < until && from[next + 1] >= 0) {
                value = (value & 0x7f) | from[next + 1] << 7;
                next += 2;
            } else {
                at = next;
                value = (int) varint64();
                next = at;
            }
            to[i++] = value;
        }
        at = next;
        return i;
    }

    /** The same for four bytes each; fewer than four before the offset are left. */
    int fixed32s(int until, int[] to, int index) {
        int i = index;
        while (at + 4 <= until) {
            to[i++] = fixed32();
        }
        return i;
    }

    /** A UUID's half at this offset, most significant byte first. */
    long bigEndian(int offset) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[offset + i] & 0xff);
        }
        return value;
    }

    /** The length of a delimited value that lies wholly here. */
    int length() {
        long length = varint64();
        if (length < 0 || length > end - at) {
            throw truncated();
        }
        return (int) length;
    }

    void skip(int length) {
        at += length;
    }

    /** Passes over a field. */
    void skipField(int tag) {
        switch (tag & 7) {
            case VARINT -> varint64();
            case FIXED64 -> need(8);
            case DELIMITED -> skip(length());
            case FIXED32 -> need(4);
            default -> throw new MalformedFrameException("a field of type " + (tag & 7));
        }
    }

    private void need(int count) {
        if (end - at < count) {
            throw truncated();
        }
        at += count;
    }

    private byte next() {
        if (at == end) {
            throw truncated();
        }
        return bytes[at++];
    }

    private static MalformedFrameException truncated() {
        return new MalformedFrameException("it ends within a field");
    }
}
