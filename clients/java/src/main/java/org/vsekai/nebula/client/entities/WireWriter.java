package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
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
    private static final int FIXED32 = 5;

    private byte[] bytes;
    private int size;

    WireWriter(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length + (bytes.length >> 1)));
        }
    }

    void varint(int value) {
        varint(value & 0xFFFF_FFFFL);
    }

    void varint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
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

    private void bigEndian(long value) {
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    private void tag(int field, int type) {
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
            tag(field, FIXED32);
            fixed32(value);
        }
    }

    private void head(int field, int length) {
        tag(field, DELIMITED);
        varint(length);
        room(length);
    }

    void delimited(int field, byte[] value) {
        head(field, value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** A message that another writer holds, which may be empty and is there nonetheless. */
    void delimited(int field, WireWriter other) {
        head(field, other.size);
        System.arraycopy(other.bytes, 0, bytes, size, other.size);
        size += other.size;
    }

    /** A packed list that another writer holds; nothing if it is empty. */
    void packed(int field, WireWriter other) {
        if (other.size > 0) {
            delimited(field, other);
        }
    }

    /** Nothing if it is empty. */
    void bytes(int field, ByteString value) {
        if (!value.isEmpty()) {
            head(field, value.size());
            value.copyTo(bytes, size);
            size += value.size();
        }
    }

    void text(int field, String text) {
        delimited(field, text.getBytes(StandardCharsets.UTF_8));
    }

    void uuid(int field, long high, long low) {
        head(field, 16);
        bigEndian(high);
        bigEndian(low);
    }
}
