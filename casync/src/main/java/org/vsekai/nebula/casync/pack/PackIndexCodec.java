package org.vsekai.nebula.casync.pack;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.MalformedPackException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;

/**
 * Reads and writes the file of a pack index. It repeats nothing that the index says: chunks go by their number among the
 * distinct chunks of the index, and the SHA-256 of the index file ties both together. Numbers are LEB128, unsigned.
 *
 * <pre>
 * 8 bytes   "NBPACK\0\1", the last is the version
 * 1 byte    0 install, 1 delta
 * 32 bytes  SHA-256 of the index file
 * 32 bytes  SHA-256 of the base index file, of a delta only
 * 32 bytes  SHA-256 of the pack
 * number    frames; for each:
 *             number  bytes in the pack (the frames follow one another from offset 0)
 *             number  chunks
 *             number  runs of base chunks, of a delta only; for each:
 *                       number  first position in the base index, less the end of the run before (zigzag)
 *                       number  positions
 * for each chunk, in pack order:
 *             number  distinct chunks passed over since the chunk before, of a delta only
 *             number  bytes of the chunk as stored loose
 * 32 bytes  SHA-256 of all that
 * </pre>
 */
public final class PackIndexCodec {
    private static final long MAGIC = 0x4e425041434b0001L;
    private static final int DIGEST_BYTES = 32;

    private PackIndexCodec() {}

    /** The largest pack index that is read, bytes. */
    public static int maxBytes() {
        return PackLimits.INDEX_BYTES;
    }

    public static byte[] toBytes(PackIndex pack) {
        Output out = new Output();
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.write((int) (MAGIC >>> shift));
        }
        boolean isDelta = pack.base().isPresent();
        out.write(isDelta ? 1 : 0);
        out.writeBytes(digestOf(pack.index()));
        pack.base().ifPresent(base -> out.writeBytes(digestOf(base)));
        out.writeBytes(pack.pack().digest());
        out.number(pack.frames().size());
        for (PackFrame frame : pack.frames()) {
            out.number(frame.length());
            out.number(frame.chunkCount());
            if (isDelta) {
                out.number(frame.base().size());
                int end = 0;
                for (ChunkRun run : frame.base()) {
                    int step = run.first() - end;
                    out.number((long) step << 1 ^ step >> 31);
                    out.number(run.count());
                    end = run.end();
                }
            }
        }
        DistinctChunks distinct = new DistinctChunks(pack.index());
        int next = 0;
        for (int k = 0; k < pack.chunkCount(); k++) {
            if (isDelta) {
                int first = next;
                while (distinct.position(next) != pack.position(k)) {
                    next++;
                }
                out.number(next - first);
                next++;
            }
            out.number(pack.storedLength(k));
        }
        out.writeBytes(sha256(out.toByteArray(), out.size()));
        return out.toByteArray();
    }

    /**
     * @param file the bytes of a pack index
     * @param source what errors call it: a path or URL
     * @param index the index that it must belong to
     * @param base the base index, which a delta must belong to; null to read an install pack's
     * @throws MalformedPackException when it is cut short, damaged, or that of other indexes
     */
    public static PackIndex read(byte[] file, String source, ChunkIndex index, @Nullable ChunkIndex base) {
        return new Reader(file, source, index, base).read();
    }

    private static byte[] digestOf(ChunkIndex index) {
        byte[] bytes = ChunkIndexCodec.toBytes(index);
        return sha256(bytes, bytes.length);
    }

    private static byte[] sha256(byte[] bytes, int length) {
        MessageDigest digest = ChunkDigest.SHA256.newMessageDigest();
        digest.update(bytes, 0, length);
        return digest.digest();
    }

    private static final class Output extends ByteArrayOutputStream {
        void number(long value) {
            long rest = value;
            while (rest >= 0x80) {
                write((int) rest | 0x80);
                rest >>>= 7;
            }
            write((int) rest);
        }
    }

    private static final class Reader {
        private final byte[] file;
        private final String source;
        private final ChunkIndex index;
        private final @Nullable ChunkIndex base;
        private final int end;
        private int at;

        Reader(byte[] file, String source, ChunkIndex index, @Nullable ChunkIndex base) {
            this.file = file;
            this.source = source;
            this.index = index;
            this.base = base;
            this.end = file.length - DIGEST_BYTES;
        }

        PackIndex read() {
            if (file.length > PackLimits.INDEX_BYTES) {
                throw malformed("larger than the %d bytes allowed".formatted(PackLimits.INDEX_BYTES));
            }
            if (end < 0 || !Arrays.equals(sha256(file, end), Arrays.copyOfRange(file, end, file.length))) {
                throw malformed("its checksum differs: it is damaged or no pack index");
            }
            long magic = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                magic = magic << 8 | octet();
            }
            if (magic != MAGIC) {
                throw malformed("not a pack index of a version known here");
            }
            if (octet() != (base == null ? 0 : 1)) {
                throw malformed(base == null ? "not an install pack" : "not a delta pack");
            }
            expect(digestOf(index), "index");
            if (base != null) {
                expect(digestOf(base), "base index");
            }
            PackName pack = PackName.of(take());
            DistinctChunks distinct = new DistinctChunks(index);
            List<Frame> frames = frames(distinct.size());
            return chunks(pack, frames, distinct);
        }

        /** A frame as the file has it; the lengths of its chunks come after. */
        private record Frame(int length, int chunkCount, List<ChunkRun> base, int baseLength) {}

        private List<Frame> frames(int chunks) {
            int count = number(chunks, "number of frames");
            List<Frame> frames = new ArrayList<>();
            int left = chunks;
            for (int i = 0; i < count; i++) {
                int length = number(PackLimits.maxFrameLength(PackLimits.FRAME_BYTES), "length of a frame");
                int chunkCount = number(left, "number of a frame's chunks");
                if (chunkCount == 0 || length == 0) {
                    throw malformed("frame %d is empty".formatted(i));
                }
                left -= chunkCount;
                List<ChunkRun> runs = base == null ? List.of() : runs(base);
                frames.add(new Frame(length, chunkCount, runs, baseLength(runs)));
            }
            return frames;
        }

        private List<ChunkRun> runs(ChunkIndex of) {
            int count = number(of.chunkCount(), "number of base runs");
            List<ChunkRun> runs = new ArrayList<>();
            long after = 0;
            for (int i = 0; i < count; i++) {
                long zigzag = number(2L * of.chunkCount() + 1, "start of a base run");
                long first = after + (zigzag >>> 1 ^ -(zigzag & 1));
                if (first < 0 || first >= of.chunkCount()) {
                    throw malformed("a base run starts at chunk %d of %d".formatted(first, of.chunkCount()));
                }
                int length = number(of.chunkCount() - (int) first, "length of a base run");
                if (length == 0) {
                    throw malformed("a base run is empty");
                }
                runs.add(new ChunkRun((int) first, length));
                after = first + length;
            }
            return runs;
        }

        private int baseLength(List<ChunkRun> runs) {
            long total = 0;
            for (ChunkRun run : runs) {
                ChunkIndex of = Objects.requireNonNull(base);
                total += of.end(run.end() - 1) - of.start(run.first());
                if (total > PackLimits.BASE_BYTES) {
                    throw malformed("a frame needs more than %d bytes of the base".formatted(PackLimits.BASE_BYTES));
                }
            }
            return (int) total;
        }

        private PackIndex chunks(PackName pack, List<Frame> frames, DistinctChunks distinct) {
            int count = frames.stream().mapToInt(Frame::chunkCount).sum();
            if (base == null && count != distinct.size()) {
                throw malformed("%d chunks, where the index has %d".formatted(count, distinct.size()));
            }
            int[] positions = new int[count];
            int[] storedLengths = new int[count];
            List<PackFrame> made = new ArrayList<>(frames.size());
            int k = 0;
            int next = 0;
            long offset = 0;
            for (Frame frame : frames) {
                long plain = 0;
                int first = k;
                for (int i = 0; i < frame.chunkCount; i++, k++, next++) {
                    int lastPossible = distinct.size() - (count - k);
                    next += base == null ? 0 : number(lastPossible - next, "number of chunks passed over");
                    positions[k] = distinct.position(next);
                    int length = distinct.length(next);
                    plain += length;
                    storedLengths[k] = number(ChunkCodec.maxStoredBytes(length), "stored length of a chunk");
                }
                if (plain > PackLimits.FRAME_BYTES && frame.chunkCount > 1) {
                    throw malformed("a frame of %d plain bytes".formatted(plain));
                }
                if (frame.length > PackLimits.maxFrameLength((int) plain)) {
                    throw malformed("a frame of %d bytes for %d plain ones".formatted(frame.length, plain));
                }
                made.add(new PackFrame(
                        offset, frame.length, (int) plain, first, frame.chunkCount, frame.base, frame.baseLength));
                offset += frame.length;
            }
            if (at != end) {
                throw malformed("bytes behind the last chunk");
            }
            return new PackIndex(index, base, pack, made, positions, storedLengths);
        }

        private void expect(byte[] digest, String what) {
            int start = at;
            if (!Arrays.equals(digest, take())) {
                throw new MalformedPackException(source, start, "it belongs to another " + what);
            }
        }

        private byte[] take() {
            if (end - at < DIGEST_BYTES) {
                throw malformed("it ends here");
            }
            at += DIGEST_BYTES;
            return Arrays.copyOfRange(file, at - DIGEST_BYTES, at);
        }

        private int octet() {
            if (at == end) {
                throw malformed("it ends here");
            }
            return file[at++] & 0xff;
        }

        private int number(int max, String what) {
            return (int) number((long) max, what);
        }

        private long number(long max, String what) {
            int start = at;
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                long octet = octet();
                value |= (octet & 0x7f) << shift;
                if (octet < 0x80) {
                    // One way to write a number, or two pack indexes could say the same.
                    boolean isPadded = octet == 0 && shift > 0;
                    if (isPadded || value > max) {
                        throw new MalformedPackException(
                                source, start, "%s is %s, at most %d can be right".formatted(what, value, max));
                    }
                    return value;
                }
                if (shift == 35) {
                    throw new MalformedPackException(source, start, what + " is too long");
                }
            }
        }

        private MalformedPackException malformed(String reason) {
            return new MalformedPackException(source, at, reason);
        }
    }
}
