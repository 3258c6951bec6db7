package org.vsekai.nebula.ledger.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Who votes before the first change in the log. Were that taken from the configuration at each start, a member started with
 * another list would count another majority over the same entries. The file gets its name only when it is whole and durable, so
 * a damaged one is never what a crash left.
 */
final class VotersFile {
    /** The most that are written and read. */
    static final int MOST_VOTERS = 64;

    private static final long MAGIC = 0x0100_5352_5456_424eL; // "NBVTRS\0\1"
    private static final int HEAD_BYTES = 12;
    private static final int CRC_BYTES = 4;
    private static final int MOST_NAME_BYTES = 256;
    private static final int MOST_BYTES = HEAD_BYTES + MOST_VOTERS * (4 + MOST_NAME_BYTES) + CRC_BYTES;

    private VotersFile() {}

    static void publish(LogFolder folder, List<String> voters) throws IOException {
        ByteBuffer bytes = encode(voters);
        Path temporary = folder.temporary("voters");
        try (FileChannel channel = folder.create(temporary)) {
            folder.write(channel, bytes, 0);
            folder.force(channel);
        }
        folder.publish(temporary, folder.voters());
    }

    /** @throws CorruptLogException unless every byte is as it was written */
    static List<String> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < HEAD_BYTES + CRC_BYTES || size > MOST_BYTES) {
                throw new CorruptLogException(
                        file, Math.min(size, MOST_BYTES), "%d bytes, which no list of voters has".formatted(size));
            }
            return decode(file, new FileWindow(channel, size).at(0, (int) size).slice());
        }
    }

    private static ByteBuffer encode(List<String> voters) {
        if (voters.isEmpty() || voters.size() > MOST_VOTERS) {
            throw new IllegalArgumentException("%d voters, from 1 to %d".formatted(voters.size(), MOST_VOTERS));
        }
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (String voter : voters) {
            byte[] name = voter.getBytes(StandardCharsets.UTF_8);
            if (name.length > MOST_NAME_BYTES) {
                throw new IllegalArgumentException(
                        "a voter's id of %d bytes, at most %d".formatted(name.length, MOST_NAME_BYTES));
            }
            names.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(name.length)
                    .array());
            names.writeBytes(name);
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(HEAD_BYTES + names.size() + CRC_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putInt(voters.size()).put(names.toByteArray());
        bytes.putInt(crc(bytes));
        return bytes.flip();
    }

    private static List<String> decode(Path file, ByteBuffer window) {
        ByteBuffer bytes = window.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getLong(0) != MAGIC || bytes.getInt(bytes.limit() - CRC_BYTES) != crc(bytes)) {
            throw new CorruptLogException(file, 0, "no list of voters, or a damaged one");
        }
        int count = bytes.getInt(8);
        List<String> voters = new ArrayList<>();
        bytes.limit(bytes.limit() - CRC_BYTES).position(HEAD_BYTES);
        try {
            for (int i = 0; i < count && i < MOST_VOTERS; i++) {
                int length = bytes.getInt();
                if (length < 0 || length > bytes.remaining()) {
                    throw new CorruptLogException(file, bytes.position() - 4, "an id of %d bytes".formatted(length));
                }
                byte[] name = new byte[length];
                bytes.get(name);
                voters.add(new String(name, StandardCharsets.UTF_8));
            }
        } catch (BufferUnderflowException e) {
            throw new CorruptLogException(file, bytes.position(), "ends before its %d voters do".formatted(count));
        }
        if (count < 1 || count > MOST_VOTERS || bytes.hasRemaining()) {
            throw new CorruptLogException(file, 8, "%d voters".formatted(count));
        }
        return List.copyOf(voters);
    }

    /** Of all bytes but the last four. */
    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(bytes.capacity() - CRC_BYTES).position(0));
        return (int) crc.getValue();
    }
}
