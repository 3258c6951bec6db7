package org.vsekai.nebula.zones;

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
    void into(WireReader other) throws InvalidFrameException {
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

    byte[] bytes() {
        return bytes;
    }

    int remaining() {
        return end - at;
    }

    /** The next field's number and type, as {@code number << 3 | type}. */
    int tag() throws InvalidFrameException {
        int tag = varint32();
        if (tag >>> 3 == 0) {
            throw new InvalidFrameException("field number 0");
        }
        return tag;
    }

    long varint64() throws InvalidFrameException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = next();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new InvalidFrameException("a number of more than ten bytes");
    }

    /** The low 32 bits, as every protobuf reader takes a number that is too long for its field. */
    int varint32() throws InvalidFrameException {
        if (at < end && bytes[at] >= 0) {
            return bytes[at++];
        }
        return (int) varint64();
    }

    int zigzag() throws InvalidFrameException {
        int value = varint32();
        return (value >>> 1) ^ -(value & 1);
    }

    int fixed32() throws InvalidFrameException {
        if (end - at < 4) {
            throw truncated();
        }
        int value = bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
        at += 4;
        return value;
    }

    /** The length of a delimited value that lies wholly here. */
    int length() throws InvalidFrameException {
        long length = varint64();
        if (length < 0 || length > end - at) {
            throw truncated();
        }
        return (int) length;
    }

    void skip(int length) {
        at += length;
    }

    /** Passes over a field that nobody here knows. */
    void skipField(int tag) throws InvalidFrameException {
        switch (tag & 7) {
            case VARINT -> varint64();
            case FIXED64 -> need(8);
            case DELIMITED -> skip(length());
            case FIXED32 -> need(4);
            default -> throw new InvalidFrameException("a field of type " + (tag & 7));
        }
    }

    private void need(int count) throws InvalidFrameException {
        if (end - at < count) {
            throw truncated();
        }
        at += count;
    }

    private byte next() throws InvalidFrameException {
        if (at == end) {
            throw truncated();
        }
        return bytes[at++];
    }

    private static InvalidFrameException truncated() {
        return new InvalidFrameException("it ends within a field");
    }
}
