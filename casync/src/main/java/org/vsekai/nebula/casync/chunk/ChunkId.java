package org.vsekai.nebula.casync.chunk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The 32-byte digest that names a chunk: of its uncompressed bytes, by the {@link ChunkDigest} of the index at hand. Held
 * as four big-endian words, so that maps of millions of ids stay small.
 *
 * @param w0 bytes 0 to 7
 * @param w1 bytes 8 to 15
 * @param w2 bytes 16 to 23
 * @param w3 bytes 24 to 31
 */
public record ChunkId(long w0, long w1, long w2, long w3) implements Comparable<ChunkId> {
    /** Length of an id in bytes. */
    public static final int BYTES = 32;

    private static final HexFormat HEX = HexFormat.of();

    /**
     * Reads the text form, 64 hexadecimal digits of either case.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static ChunkId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "a chunk id has 64 hexadecimal digits, this has %d characters".formatted(hex.length()));
        }
        return of(HEX.parseHex(hex), 0);
    }

    /** Reads 32 bytes from {@code offset} on. */
    public static ChunkId of(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES);
        return new ChunkId(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    public byte[] toByteArray() {
        byte[] bytes = new byte[BYTES];
        putTo(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** Writes the 32 bytes to a buffer in big-endian order (the default of a buffer). */
    public void putTo(ByteBuffer target) {
        target.putLong(w0).putLong(w1).putLong(w2).putLong(w3);
    }

    /** The order of the bytes, which is the order of the text form. */
    @Override
    public int compareTo(ChunkId other) {
        int order = Long.compareUnsigned(w0, other.w0);
        order = order != 0 ? order : Long.compareUnsigned(w1, other.w1);
        order = order != 0 ? order : Long.compareUnsigned(w2, other.w2);
        return order != 0 ? order : Long.compareUnsigned(w3, other.w3);
    }

    /** Of all its bits: a digest's are well spread, but an id that somebody sent need not be a digest. */
    @Override
    public int hashCode() {
        long mixed = (w0 ^ Long.rotateLeft(w1, 17) ^ Long.rotateLeft(w2, 31) ^ Long.rotateLeft(w3, 47))
                * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkId(long o0, long o1, long o2, long o3)
                && w0 == o0
                && w1 == o1
                && w2 == o2
                && w3 == o3;
    }

    /** 64 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        byte[] digits = new byte[2 * BYTES];
        putDigits(w0, digits, 0);
        putDigits(w1, digits, 16);
        putDigits(w2, digits, 32);
        putDigits(w3, digits, 48);
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    /** A loop this small is compiled in no time, which counts where a program lives for a second and names every chunk. */
    private static void putDigits(long word, byte[] target, int offset) {
        for (int i = 0; i < 16; i++) {
            int digit = (int) (word >>> (60 - 4 * i)) & 0xf;
            target[offset + i] = (byte) (digit < 10 ? '0' + digit : 'a' - 10 + digit);
        }
    }
}
