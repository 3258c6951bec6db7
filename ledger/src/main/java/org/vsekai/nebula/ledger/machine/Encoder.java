package org.vsekai.nebula.ledger.machine;

import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes the elements that commands, results and snapshots are made of: numbers big-endian, counts and lengths as unsigned
 * LEB128 in its shortest form, texts as length and UTF-8. Into memory, or through a buffer into a stream.
 */
final class Encoder {
    private static final int BUFFER = 1 << 13;

    private final @Nullable DataOutput out;
    private final CRC32C crc = new CRC32C();
    private byte[] bytes;
    private int size;

    Encoder() {
        this.out = null;
        this.bytes = new byte[128];
    }

    Encoder(DataOutput out) {
        this.out = out;
        this.bytes = new byte[BUFFER];
    }

    Encoder int8(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    Encoder int32(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            int8(value >>> shift);
        }
        return this;
    }

    Encoder int64(long value) {
        reserve(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    Encoder count(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            int8((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        return int8((int) rest);
    }

    Encoder uuid(UUID id) {
        return int64(id.getMostSignificantBits()).int64(id.getLeastSignificantBits());
    }

    Encoder text(String text) {
        return blob(text.getBytes(StandardCharsets.UTF_8));
    }

    Encoder blob(byte[] blob) {
        count(blob.length);
        reserve(blob.length);
        System.arraycopy(blob, 0, bytes, size, blob.length);
        size += blob.length;
        return this;
    }

    /** The CRC-32C of all that was written before, and nothing after it. */
    void finishWithCrc() {
        flush();
        int32((int) crc.getValue());
        flush();
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (size + more <= bytes.length) {
            return;
        }
        if (out != null) {
            flush();
        }
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    private void flush() {
        crc.update(bytes, 0, size);
        if (out != null) {
            try {
                out.write(bytes, 0, size);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        size = 0;
    }
}
