package org.vsekai.nebula.zones;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes in protobuf's encoding, in a buffer that is kept and grows. Not safe for threads.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protobuf: encoding</a>
 */
final class WireWriter {
    private static final int VARINT = 0;
    private static final int DELIMITED = 2;

    private byte[] bytes;
    private int size;

    WireWriter(int capacity) {
        bytes = new byte[capacity];
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length + (bytes.length >> 1)));
        }
    }

    void varint(int value) {
        room(5);
        byte[] to = bytes;
        int at = size;
        while ((value & ~0x7f) != 0) {
            to[at++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        to[at++] = (byte) value;
        size = at;
    }

    void varint(long value) {
        room(10);
        while ((value & ~0x7fL) != 0) {
            bytes[size++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[size++] = (byte) value;
    }

    /** Small whatever its sign. */
    void zigzag(int value) {
        varint((value << 1) ^ (value >> 31));
    }

    void fixed32(int value) {
        room(4);
        bytes[size] = (byte) value;
        bytes[size + 1] = (byte) (value >>> 8);
        bytes[size + 2] = (byte) (value >>> 16);
        bytes[size + 3] = (byte) (value >>> 24);
        size += 4;
    }

    /** Most significant byte first, as UUIDs are. */
    void bigEndian(long value) {
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    void raw(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    void tag(int field, int type) {
        varint(field << 3 | type);
    }

    /** Field and value; nothing if it is 0, as proto3 has it. */
    void uint32(int field, int value) {
        if (value != 0) {
            tag(field, VARINT);
            varint(value);
        }
    }

    void uint64(int field, long value) {
        if (value != 0) {
            tag(field, VARINT);
            varint(value);
        }
    }

    void sint32(int field, int value) {
        if (value != 0) {
            tag(field, VARINT);
            zigzag(value);
        }
    }

    void fixed32(int field, int value) {
        if (value != 0) {
            tag(field, 5);
            fixed32(value);
        }
    }

    void delimited(int field, byte[] from, int offset, int length) {
        tag(field, DELIMITED);
        varint(length);
        raw(from, offset, length);
    }

    /** A message, a packed list or a value that another writer holds. */
    void delimited(int field, WireWriter other) {
        delimited(field, other.bytes, 0, other.size);
    }

    /** The same, unless it is empty. */
    void packed(int field, WireWriter other) {
        if (other.size > 0) {
            delimited(field, other);
        }
    }

    void text(int field, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        delimited(field, encoded, 0, encoded.length);
    }

    void uuid(int field, long high, long low) {
        tag(field, DELIMITED);
        varint(16);
        bigEndian(high);
        bigEndian(low);
    }
}
