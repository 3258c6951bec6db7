package org.vsekai.nebula.casync.index;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsekai.nebula.casync.MalformedIndexException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * The index file, {@code .caibx} and {@code .caidx} alike. Written byte for byte as desync writes it; read as strictly as
 * casync reads it, which refuses nothing that either tool writes. Sources: desync {@code format.go} and
 * {@code index.go}, casync {@code src/caformat.h} and {@code src/caindex.c}.
 *
 * <pre>
 *  0  48                    size of the header
 *  8  0x96824d9c7b129ff9    INDEX
 * 16  feature flags
 * 24  min, avg, max         three sizes in bytes
 * 48  2^64 - 1              size of the table: unknown, so that it can be streamed
 * 56  0xe75b9e112f17417d    TABLE
 * 64  n items of 40 bytes   end of the chunk in the blob (8), id (32)
 *     0, 0                  an item that ends at 0 ends the list; padding
 *     48                    from the table's start back to the header's
 *     16 + 40 n + 40        size of the table
 *     0x4b4f050e5549ecd1    tail marker, then the end of the file
 * </pre>
 *
 * All numbers are unsigned, 64-bit, little-endian. Nothing in the file protects it: who needs integrity signs or hashes
 * it. A reader takes memory only for items that have arrived.
 */
public final class ChunkIndexCodec {
    /** More than any index that {@link #read(Path)} takes: 26.8 million chunks, 1.7 TB at 64 KiB each. */
    public static final long DEFAULT_MAX_BYTES = 1L << 30;

    private static final long HEADER_SIZE = 48;
    private static final long INDEX = 0x9682_4d9c_7b12_9ff9L;
    private static final long TABLE = 0xe75b_9e11_2f17_417dL;
    private static final long TAIL_MARKER = 0x4b4f_050e_5549_ecd1L;
    private static final long UNKNOWN_SIZE = -1;
    private static final int TABLE_HEADER_SIZE = 16;
    private static final int ITEM_SIZE = Long.BYTES + ChunkId.BYTES;
    private static final int TAIL_SIZE = 40;
    private static final int SMALLEST = (int) HEADER_SIZE + TABLE_HEADER_SIZE + TAIL_SIZE;

    private ChunkIndexCodec() {}

    /** Size in bytes of the file of an index with so many chunks. */
    public static long fileSize(long chunkCount) {
        return Math.addExact(SMALLEST, Math.multiplyExact(ITEM_SIZE, chunkCount));
    }

    /**
     * Reads an index file of at most {@link #DEFAULT_MAX_BYTES}.
     *
     * @throws MalformedIndexException when it is not one
     */
    public static ChunkIndex read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString(), DEFAULT_MAX_BYTES);
        }
    }

    /**
     * Reads an index to the end of the stream.
     *
     * @param sourceName file or URL, for errors
     * @param maxBytes refuse a longer one
     * @throws MalformedIndexException when the bytes are not an index, or too many
     */
    public static ChunkIndex read(InputStream in, String sourceName, long maxBytes) throws IOException {
        return new Reader(new BufferedInputStream(in, 1 << 16), sourceName, maxBytes).read();
    }

    /** Reads an index from memory. */
    public static ChunkIndex read(byte[] bytes, String sourceName) {
        try {
            return new Reader(new ByteArrayInputStream(bytes), sourceName, Long.MAX_VALUE).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes an index and leaves the stream open. */
    public static void write(ChunkIndex index, OutputStream out) throws IOException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
        ByteBuffer header = littleEndian(SMALLEST - TAIL_SIZE)
                .putLong(HEADER_SIZE)
                .putLong(INDEX)
                .putLong(index.featureFlags())
                .putLong(index.sizes().min())
                .putLong(index.sizes().avg())
                .putLong(index.sizes().max())
                .putLong(UNKNOWN_SIZE)
                .putLong(TABLE);
        buffered.write(header.array());
        ByteBuffer item = littleEndian(ITEM_SIZE);
        for (int i = 0; i < index.chunkCount(); i++) {
            item.clear().order(ByteOrder.LITTLE_ENDIAN).putLong(index.end(i)).order(ByteOrder.BIG_ENDIAN);
            index.id(i).putTo(item);
            buffered.write(item.array());
        }
        ByteBuffer tail = littleEndian(TAIL_SIZE)
                .putLong(0)
                .putLong(0)
                .putLong(HEADER_SIZE)
                .putLong(fileSize(index.chunkCount()) - HEADER_SIZE)
                .putLong(TAIL_MARKER);
        buffered.write(tail.array());
        buffered.flush();
    }

    /** Writes an index file so that it is whole or absent after a power cut; an old one is replaced. */
    public static void write(ChunkIndex index, Path file) throws IOException {
        DurableFiles.replace(file, out -> write(index, out));
    }

    public static byte[] toBytes(ChunkIndex index) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(fileSize(index.chunkCount())));
        try {
            write(index, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** One pass over one stream. {@code offset} is that of the field read next. */
    private static final class Reader {
        private final InputStream in;
        private final String source;
        private final long maxBytes;
        private final byte[] buffer = new byte[ChunkId.BYTES];
        private long offset;

        Reader(InputStream in, String source, long maxBytes) {
            this.in = in;
            this.source = source;
            this.maxBytes = Math.min(maxBytes, fileSize(ChunkIndex.CHUNKS_LIMIT));
        }

        ChunkIndex read() throws IOException {
            expect(HEADER_SIZE, "size of the INDEX header");
            expect(INDEX, "type INDEX");
            long flags = number();
            long unknown = flags & ~FeatureFlags.KNOWN;
            if (unknown != 0) {
                throw malformed(offset - Long.BYTES, "unknown feature flags 0x%x".formatted(unknown));
            }
            ChunkSizes sizes = sizes();
            expect(UNKNOWN_SIZE, "size of the TABLE element");
            expect(TABLE, "type TABLE");

            ChunkIndex.Builder index = ChunkIndex.builder(sizes, flags);
            for (long end = number(); end != 0; end = number()) {
                long length = end - index.end();
                if (end < 0 || length < 1 || length > sizes.max()) {
                    throw malformed(
                            offset - Long.BYTES,
                            "chunk from %d to %s: want a length of 1 to %d"
                                    .formatted(index.end(), Long.toUnsignedString(end), sizes.max()));
                }
                index.add((int) length, id());
            }
            long tableSize = offset - HEADER_SIZE - Long.BYTES + TAIL_SIZE;
            expect(0, "padding of the tail");
            expect(HEADER_SIZE, "offset of the index in the tail");
            expect(tableSize, "size of the table in the tail");
            expect(TAIL_MARKER, "tail marker");
            if (in.read() >= 0) {
                throw malformed(offset, "bytes after the tail");
            }
            return index.build();
        }

        private ChunkSizes sizes() throws IOException {
            long at = offset;
            long min = number();
            long avg = number();
            long max = number();
            // Unsigned on disk: a negative one is absurdly large, and saturates to a size that is refused.
            try {
                return new ChunkSizes(saturated(min), saturated(avg), saturated(max));
            } catch (IllegalArgumentException e) {
                throw malformed(
                        at,
                        "chunk sizes %s:%s:%s bytes: want %d <= min <= avg <= max, avg <= %d and max <= %d"
                                .formatted(
                                        Long.toUnsignedString(min),
                                        Long.toUnsignedString(avg),
                                        Long.toUnsignedString(max),
                                        ChunkSizes.MIN_LIMIT,
                                        ChunkSizes.AVG_LIMIT,
                                        ChunkSizes.MAX_LIMIT));
            }
        }

        private static int saturated(long unsigned) {
            return unsigned < 0 || unsigned > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) unsigned;
        }

        private void expect(long wanted, String what) throws IOException {
            long found = number();
            if (found != wanted) {
                throw malformed(offset - Long.BYTES, "%s is 0x%x, not 0x%x".formatted(what, found, wanted));
            }
        }

        private long number() throws IOException {
            fill(Long.BYTES);
            return Long.reverseBytes(ByteBuffer.wrap(buffer).getLong());
        }

        private ChunkId id() throws IOException {
            fill(ChunkId.BYTES);
            return ChunkId.of(buffer, 0);
        }

        private void fill(int length) throws IOException {
            if (offset + length > maxBytes) {
                throw malformed(offset, "longer than the %d bytes allowed".formatted(maxBytes));
            }
            int got = in.readNBytes(buffer, 0, length);
            offset += got;
            if (got < length) {
                throw malformed(offset, "ends here, inside the index");
            }
        }

        private MalformedIndexException malformed(long at, String reason) {
            return new MalformedIndexException(source, at, reason);
        }
    }
}
