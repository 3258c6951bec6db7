package org.vsekai.nebula.ledger.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A snapshot's file: a header of 64 bytes and the machine's bytes. It gets its name only when it is whole and durable, so a
 * damaged one is never what a crash left.
 */
final class SnapshotFile {
    private static final int HEADER_BYTES = 64;
    private static final long MAGIC = 0x0100_504e_5353_424eL; // "NBSSNP\0\1"
    private static final int CRC_OFFSET = 60;

    /** For a write or read of bytes on the heap the JDK keeps as large a buffer outside of it. */
    private static final int SLICE_BYTES = 1 << 20;

    private SnapshotFile() {}

    static SnapshotInfo publish(LogFolder folder, long index, long term, ByteBuffer content) throws IOException {
        Path temporary = folder.temporary("snapshot");
        SnapshotInfo info = new SnapshotInfo(index, term, content.remaining());
        CRC32C crc = new CRC32C();
        crc.update(content.duplicate());
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putLong(index).putLong(term).putLong(info.bytes()).putInt((int) crc.getValue());
        header.putInt(CRC_OFFSET, headerCrc(header)).rewind();
        try (FileChannel channel = folder.create(temporary)) {
            folder.write(channel, header, 0);
            for (long at = 0; at < content.remaining(); at += SLICE_BYTES) {
                folder.write(channel, slice(content, (int) at), HEADER_BYTES + at);
            }
            folder.force(channel);
        }
        folder.publish(temporary, folder.snapshot(index));
        return info;
    }

    /**
     * Reads all of it without keeping it.
     *
     * @throws CorruptLogException unless every byte is as it was written
     */
    static SnapshotInfo verify(Path file, long index, int maxBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = header(file, channel, index, maxBytes);
            SnapshotInfo info = info(header);
            int crc = new FileWindow(channel, channel.size()).crc(HEADER_BYTES, info.bytes());
            check(file, header, crc);
            return info;
        }
    }

    /** Content of a snapshot, checked. */
    static ByteBuffer read(Path file, long index, int maxBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = header(file, channel, index, maxBytes);
            ByteBuffer content =
                    ByteBuffer.allocate(Math.toIntExact(info(header).bytes()));
            for (int read = 0; content.hasRemaining() && read >= 0; ) {
                read = channel.read(slice(content, 0), HEADER_BYTES + (long) content.position());
                content.position(content.position() + Math.max(0, read)); // it may give less than it was asked for
            }
            if (content.hasRemaining()) {
                throw new CorruptLogException(file, HEADER_BYTES + content.position(), "the file has become shorter");
            }
            CRC32C crc = new CRC32C();
            crc.update(content.flip().duplicate());
            check(file, header, (int) crc.getValue());
            return content;
        }
    }

    private static ByteBuffer slice(ByteBuffer content, int at) {
        return content.slice(content.position() + at, Math.min(SLICE_BYTES, content.remaining() - at));
    }

    private static ByteBuffer header(Path file, FileChannel channel, long index, int maxBytes) throws IOException {
        long size = channel.size();
        if (size < HEADER_BYTES) {
            throw new CorruptLogException(file, size, "ends before its header does");
        }
        ByteBuffer header = new FileWindow(channel, HEADER_BYTES).at(0, HEADER_BYTES);
        if (header.getLong(0) != MAGIC || header.getInt(CRC_OFFSET) != headerCrc(header)) {
            throw new CorruptLogException(file, 0, "no header of a snapshot, or a damaged one");
        }
        if (header.getLong(8) != index) {
            throw new CorruptLogException(
                    file, 8, "named after entry %d and made at %d".formatted(index, header.getLong(8)));
        }
        long bytes = header.getLong(24);
        if (bytes < 0 || bytes > maxBytes) {
            throw new CorruptLogException(file, 24, "%d bytes, at most %d are allowed".formatted(bytes, maxBytes));
        }
        if (bytes != size - HEADER_BYTES) {
            throw new CorruptLogException(
                    file,
                    Math.min(size, HEADER_BYTES + bytes),
                    "%d bytes long, made with %d".formatted(size, bytes + HEADER_BYTES));
        }
        return header;
    }

    private static SnapshotInfo info(ByteBuffer header) {
        return new SnapshotInfo(header.getLong(8), header.getLong(16), header.getLong(24));
    }

    private static void check(Path file, ByteBuffer header, int crc) {
        if (crc != header.getInt(32)) {
            throw new CorruptLogException(file, HEADER_BYTES, "the content does not have its checksum");
        }
    }

    private static int headerCrc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().limit(CRC_OFFSET).position(0));
        return (int) crc.getValue();
    }
}
