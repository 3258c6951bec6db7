package org.vsekai.nebula.ledger.machine;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.vsekai.nebula.ledger.InvalidCommandException;

/**
 * Reads what {@link Encoder} writes and nothing else: every value has one form. Each length is checked against its bound
 * before memory is taken for it.
 */
final class Decoder {
    private static final int LONGEST_COUNT = 9;

    private final DataInput in;
    private final CRC32C crc = new CRC32C();
    private final byte[] word = new byte[Long.BYTES];
    private long offset;

    Decoder(DataInput in) {
        this.in = in;
    }

    Decoder(byte[] bytes) {
        this(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    long offset() {
        return offset;
    }

    MalformedDataException malformed(String reason) {
        return new MalformedDataException(offset, reason);
    }

    int int8() throws IOException {
        fill(word, 1);
        return word[0];
    }

    int int32() throws IOException {
        fill(word, Integer.BYTES);
        return (int) number(Integer.BYTES);
    }

    long int64() throws IOException {
        fill(word, Long.BYTES);
        return number(Long.BYTES);
    }

    /** A count, length or other number of 0 to {@code most}. */
    long count(long most) throws IOException {
        long start = offset;
        long value = 0;
        for (int i = 0; i < LONGEST_COUNT; i++) {
            int next = int8();
            value |= (next & 0x7fL) << 7 * i;
            if (next >= 0) {
                if (next == 0 && i > 0) {
                    throw new MalformedDataException(start, "number in a longer form than it needs");
                }
                if (value > most) {
                    throw new MalformedDataException(start, "%d, at most %d".formatted(value, most));
                }
                return value;
            }
        }
        throw new MalformedDataException(start, "number that does not end");
    }

    long token() throws IOException {
        return count(Long.MAX_VALUE);
    }

    UUID uuid() throws IOException {
        return new UUID(int64(), int64());
    }

    String text(int mostBytes) throws IOException {
        long start = offset;
        byte[] bytes = blob(mostBytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw new MalformedDataException(start, "text that is not UTF-8");
        }
        return text;
    }

    byte[] blob(int mostBytes) throws IOException {
        byte[] bytes = new byte[(int) count(mostBytes)];
        fill(bytes, bytes.length);
        return bytes;
    }

    /** Makes a record whose own rules are those of the format. */
    <T> T make(Supplier<T> record) throws MalformedDataException {
        try {
            return record.get();
        } catch (InvalidCommandException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    void expect(boolean holds, String otherwise) throws MalformedDataException {
        if (!holds) {
            throw malformed(otherwise);
        }
    }

    void expectCrc() throws IOException {
        int computed = (int) crc.getValue();
        long start = offset;
        if (int32() != computed) {
            throw new MalformedDataException(start, "checksum does not match what comes before it");
        }
    }

    private long number(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | word[i] & 0xff;
        }
        return value;
    }

    private void fill(byte[] bytes, int count) throws IOException {
        try {
            in.readFully(bytes, 0, count);
        } catch (EOFException e) {
            throw malformed("ends where %d more bytes belong".formatted(count));
        }
        crc.update(bytes, 0, count);
        offset += count;
    }
}
