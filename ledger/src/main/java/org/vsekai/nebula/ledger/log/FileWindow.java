package org.vsekai.nebula.ledger.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Forward reading of a file of known size through one buffer. */
final class FileWindow {
    private static final int BYTES = 256 << 10;
    private static final int SECTOR = 512;

    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer;
    private long start;
    private int filled;

    FileWindow(FileChannel channel, long size) {
        this.channel = channel;
        this.size = size;
        this.buffer = ByteBuffer.allocateDirect((int) Math.min(BYTES, size)).order(ByteOrder.LITTLE_ENDIAN);
        buffer.limit(0);
    }

    /** The shared buffer, at the byte asked for, with {@code length} bytes (at most 256 KiB) before its limit. */
    ByteBuffer at(long offset, int length) throws IOException {
        if (offset < start || offset + length > start + filled) {
            fill(offset, length);
        }
        int position = Math.toIntExact(offset - start);
        return buffer.limit(position + length).position(position);
    }

    private void fill(long offset, int length) throws IOException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), size - offset));
        filled = 0;
        start = offset;
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                break;
            }
        }
        filled = buffer.position();
        if (filled < length) {
            throw new EOFException("ends at byte %d of %d".formatted(offset + filled, size));
        }
    }

    int crc(long from, long length) throws IOException {
        CRC32C crc = new CRC32C();
        for (long at = from; at < from + length; ) {
            int piece = (int) Math.min(BYTES, from + length - at);
            crc.update(at(at, piece));
            at += piece;
        }
        return (int) crc.getValue();
    }

    /** Offset of the last byte in {@code [from, to)} that is not zero, or -1. */
    long findLastNonZero(long from, long to) throws IOException {
        long last = -1;
        for (long at = from; at < to; ) {
            int piece = (int) Math.min(BYTES, to - at);
            ByteBuffer bytes = at(at, piece);
            int begin = bytes.position();
            for (int i = bytes.limit() - 1; i >= begin; i--) {
                if (bytes.get(i) != 0) {
                    last = at + i - begin;
                    break;
                }
            }
            at += piece;
        }
        return last;
    }

    /** Whether a sector's share of {@code [from, to)} is all zeros: the disk never got it. */
    boolean lacksSector(long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            long end = Math.min(to, (at / SECTOR + 1) * SECTOR);
            if (findLastNonZero(at, end) < 0) {
                return true;
            }
            at = end;
        }
        return false;
    }
}
