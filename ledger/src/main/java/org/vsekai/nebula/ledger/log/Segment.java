package org.vsekai.nebula.ledger.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;

/**
 * One file of consecutive entries, all of whose bytes were written as zeros when it was made: an append changes no metadata, so
 * one {@code fdatasync} is one flush. Behind the last record there is nothing but zeros; that is kept by every operation, and
 * is what makes an unfinished append recognisable.
 *
 * <p><b>What opening does at a record that is not whole.</b> A crash during an append leaves sectors of 512 bytes either
 * written or as they were, zeros. So a record is <i>torn</i> when one of its sectors, or its end, is still zeros, and no record
 * of a later append call stands behind it: nobody was told that it is durable, and it is cut. Everything else is
 * <i>corrupt</i>: a whole record with a wrong checksum, or a hole before a record of a later call, which was only begun once
 * the earlier one was durable.
 *
 * <p>Not thread-safe, except that records are read while others are appended.
 */
final class Segment implements Closeable {
    static final int HEADER_BYTES = 64;

    private static final long MAGIC = 0x0100_474c_5344_424eL; // "NBDSLG\0\1"
    private static final int CRC_OFFSET = 60;

    /** A segment is prepared in steps, so that no append waits for the disk to take all of it at once. */
    private static final long PREPARED_BYTES = 4 << 20;

    private final LogFolder folder;
    private final Path file;
    private final FileChannel channel;
    private final long first;
    private final long previousTerm;
    private final long salt;
    private final long size;

    /** Where each record begins, in units of 64 bytes. */
    private int[] blocks = new int[64];

    private int count;
    private long end = HEADER_BYTES;
    private long lastTerm;
    private long commit;

    private Segment(
            LogFolder folder, Path file, FileChannel channel, long first, long previousTerm, long salt, long size) {
        this.folder = folder;
        this.file = file;
        this.channel = channel;
        this.first = first;
        this.previousTerm = previousTerm;
        this.salt = salt;
        this.size = size;
        this.lastTerm = previousTerm;
    }

    /** A temporary of {@code size} zeros, ready to become a segment. Durable. */
    static void prepare(LogFolder folder, Path temporary, long size) throws IOException {
        try (FileChannel channel = folder.create(temporary)) {
            for (long at = 0; at < size; at += PREPARED_BYTES) {
                folder.zero(channel, at, Math.min(size, at + PREPARED_BYTES));
                folder.force(channel);
            }
        }
    }

    /** Makes a prepared temporary the segment that begins with {@code first}. */
    static Segment publish(LogFolder folder, Path temporary, long first, long previousTerm, long size)
            throws IOException {
        return publish(folder, temporary, first, previousTerm, size, new SecureRandom().nextLong());
    }

    static Segment publish(LogFolder folder, Path temporary, long first, long previousTerm, long size, long salt)
            throws IOException {
        Path file = folder.segment(first);
        FileChannel channel = FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(MAGIC)
                    .putLong(first)
                    .putLong(previousTerm)
                    .putLong(salt)
                    .putLong(size);
            header.putInt(CRC_OFFSET, crc(header, CRC_OFFSET)).rewind();
            folder.write(channel, header, 0);
            folder.force(channel);
            folder.publish(temporary, file);
            return new Segment(folder, file, channel, first, previousTerm, salt, size);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Opens a segment and checks its header; {@link #scan} comes next. */
    static Segment open(LogFolder folder, Path file, long first) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            long length = channel.size();
            if (length < HEADER_BYTES) {
                throw new CorruptLogException(file, length, "ends before its header does");
            }
            ByteBuffer header = new FileWindow(channel, length).at(0, HEADER_BYTES);
            if (header.getLong(0) != MAGIC || header.getInt(CRC_OFFSET) != crc(header, CRC_OFFSET)) {
                throw new CorruptLogException(file, 0, "no header of a segment, or a damaged one");
            }
            if (header.getLong(8) != first) {
                throw new CorruptLogException(
                        file, 8, "named after entry %d and made for %d".formatted(first, header.getLong(8)));
            }
            long size = header.getLong(32);
            if (size != length) {
                throw new CorruptLogException(
                        file, Math.min(size, length), "%d bytes long and made with %d".formatted(length, size));
            }
            return new Segment(folder, file, channel, first, header.getLong(16), header.getLong(24), size);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static int crc(ByteBuffer header, int length) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().limit(length).position(0));
        return (int) crc.getValue();
    }

    /** Bytes behind the last record that are to be zeros again, and why. */
    record Tail(long to, String why) {}

    /**
     * Reads and checks every record before entry {@code stop}. Changes nothing.
     *
     * @param newest whether an append may have been cut short here
     * @return what {@link #cutTail} is to do
     * @throws CorruptLogException see the class
     */
    Optional<Tail> scan(boolean newest, long stop, int entryBytes) throws IOException {
        FileWindow window = new FileWindow(channel, size);
        while (lastIndex() + 1 < stop && end + RecordHeader.ALIGNMENT <= size) {
            long index = lastIndex() + 1;
            RecordHeader header = RecordHeader.find(window.at(end, RecordHeader.ALIGNMENT), salt);
            if (header != null) {
                check(header, index, entryBytes);
            }
            if (header == null || window.crc(end + RecordHeader.BYTES, header.length()) != header.commandCrc()) {
                return judge(window, header, index, newest);
            }
            commit = Math.max(commit, header.commit());
            accept(header.extent(), header.term());
        }
        return Optional.empty();
    }

    private void check(RecordHeader header, long index, int entryBytes) {
        String wrong = header.index() != index
                ? "entry %d stands where %d belongs".formatted(header.index(), index)
                : header.term() < lastTerm
                        ? "entry %d of term %d after one of term %d".formatted(index, header.term(), lastTerm)
                        : header.commit() < 0 || header.commit() >= index
                                ? "entry %d with commit index %d".formatted(index, header.commit())
                                : header.position() < 0 || header.position() >= index
                                        ? "entry %d at position %d of its append".formatted(index, header.position())
                                        : header.length() < 0 || header.length() > entryBytes
                                                ? "entry %d of %d bytes, at most %d are allowed"
                                                        .formatted(index, header.length(), entryBytes)
                                                : end + header.extent() > size
                                                        ? "entry %d goes on behind the file's end".formatted(index)
                                                        : "";
        if (!wrong.isEmpty()) {
            throw new CorruptLogException(file, end, wrong);
        }
    }

    /** Tells the clean end, a torn append and corruption from each other; see the class. */
    private Optional<Tail> judge(FileWindow window, @Nullable RecordHeader header, long index, boolean newest)
            throws IOException {
        long lastNonZero = window.findLastNonZero(end, size);
        if (lastNonZero < 0) {
            return Optional.empty();
        }
        String what = "entry %d is damaged".formatted(index);
        long block = end + RecordHeader.ALIGNMENT;
        boolean torn = header == null
                ? window.findLastNonZero(end, block) < 0 || lastNonZero < block - 1
                : lastNonZero < end + header.extent() - 1 || window.lacksSector(block, end + header.extent());
        if (!newest || !torn) {
            throw new CorruptLogException(file, end, what);
        }
        long behind = header == null ? block : end + header.extent();
        for (long at = behind; at <= lastNonZero; at += RecordHeader.ALIGNMENT) {
            RecordHeader later = RecordHeader.find(window.at(at, RecordHeader.ALIGNMENT), salt);
            if (later != null && later.callBegin() > index) {
                throw new CorruptLogException(
                        file, end, what + ", and entry %d was written after it".formatted(later.index()));
            }
        }
        return Optional.of(new Tail(
                lastNonZero + 1,
                "%s: an append that never finished was cut off at byte %d, before entry %d"
                        .formatted(file, end, index)));
    }

    /** Zeros what stands behind the last record, up to {@code to}. Durable. */
    void cutTail(long to) throws IOException {
        folder.zero(channel, end, to);
        folder.force(channel);
    }

    /** Zeros everything behind the last record. Durable. */
    void cutTail() throws IOException {
        long last = new FileWindow(channel, size).findLastNonZero(end, size);
        cutTail(Math.max(end, last + 1));
    }

    /** Forgets the entries from {@code index} on, and zeros them. Durable. */
    void cutFrom(long index) throws IOException {
        long written = end;
        int kept = Math.toIntExact(index - first);
        if (kept < count) {
            end = offset(kept);
            count = kept;
            lastTerm = kept == 0 ? previousTerm : header(index - 1).term();
        }
        cutTail(written);
    }

    boolean fits(long bytes) {
        return bytes <= size - end;
    }

    long salt() {
        return salt;
    }

    /** Writes encoded records behind the last one. Durable. They count only once they are {@link #accept}ed. */
    void write(ByteBuffer records) throws IOException {
        folder.write(channel, records, end);
        folder.force(channel);
    }

    void accept(long extent, long term) {
        if (count == blocks.length) {
            blocks = Arrays.copyOf(blocks, count * 2);
        }
        blocks[count++] = (int) (end / RecordHeader.ALIGNMENT);
        end += extent;
        lastTerm = term;
    }

    boolean holds(long index) {
        return index >= first && index <= lastIndex();
    }

    private long offset(int number) {
        return (long) blocks[number] * RecordHeader.ALIGNMENT;
    }

    private RecordHeader header(long index) throws IOException {
        long at = offset(Math.toIntExact(index - first));
        ByteBuffer bytes = read(at, RecordHeader.BYTES);
        return checked(RecordHeader.find(bytes, salt), at, index);
    }

    private RecordHeader checked(@Nullable RecordHeader header, long at, long index) {
        if (header == null || header.index() != index) {
            throw new CorruptLogException(file, at, "entry %d is damaged".formatted(index));
        }
        return header;
    }

    /**
     * An entry that this segment {@link #holds}.
     *
     * @throws CorruptLogException if it no longer is what was written
     */
    LogEntry read(long index) throws IOException {
        int number = Math.toIntExact(index - first);
        long at = offset(number);
        long next = number + 1 < count ? offset(number + 1) : end;
        ByteBuffer bytes = read(at, Math.toIntExact(next - at));
        RecordHeader header = checked(RecordHeader.find(bytes, salt), at, index);
        if (header.extent() != next - at) {
            throw new CorruptLogException(file, at, "entry %d is damaged".formatted(index));
        }
        byte[] command = new byte[header.length()];
        bytes.position(RecordHeader.BYTES).get(command);
        CRC32C crc = new CRC32C();
        crc.update(command);
        if ((int) crc.getValue() != header.commandCrc()) {
            throw new CorruptLogException(file, at, "entry %d is damaged".formatted(index));
        }
        return new LogEntry(header.term(), command, 0, command.length, header.internal());
    }

    private ByteBuffer read(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
            // A read may give less than it was asked for.
        }
        if (bytes.hasRemaining()) {
            throw new CorruptLogException(file, at + bytes.position(), "the file has become shorter");
        }
        return bytes.flip();
    }

    Path file() {
        return file;
    }

    long first() {
        return first;
    }

    long lastIndex() {
        return first + count - 1;
    }

    long previousTerm() {
        return previousTerm;
    }

    /** Term of the last entry, or of the one before the first. */
    long lastTerm() {
        return lastTerm;
    }

    /** The highest commit index that its records know of. */
    long commit() {
        return commit;
    }

    long size() {
        return size;
    }

    /** Bytes of the records of entries from {@code index} on. */
    long bytesFrom(long index) {
        return index <= first ? end - HEADER_BYTES : index > lastIndex() ? 0 : end - offset((int) (index - first));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
