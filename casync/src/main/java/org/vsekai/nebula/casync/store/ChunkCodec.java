package org.vsekai.nebula.casync.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;

/**
 * Between a chunk and its stored form, one zstd frame ({@code .cacnk}). Stored bytes are not canonical: two writers, or
 * two versions of one, store other bytes for the same chunk, so what counts is the digest of the plain bytes.
 *
 * <p>Decompression never believes the frame about its size, which casync leaves out anyway: the caller says how long the
 * chunk is or may be, and no more memory than that is taken. Sources: desync {@code compress.go}, casync
 * {@code src/cacompression.c}. Thread-safe; compression contexts are kept and reused, as many as there are processors.
 */
public final class ChunkCodec {
    /** The lowest level whose chunks are no larger than desync's; see decision record 0009. */
    private static final int LEVEL = 2;

    /** Room above zstd's own bound for frames of other makers, who may split a chunk into many blocks. */
    private static final int STORED_SLACK = 64 << 10;

    /** A first guess at the plain size when only a much larger bound is known. */
    private static final int FIRST_BUFFER = 1 << 20;

    private static final int MAX_IDLE = Runtime.getRuntime().availableProcessors();
    private static final Queue<ZstdCompressCtx> COMPRESSORS = new ArrayBlockingQueue<>(MAX_IDLE);
    private static final Queue<ZstdDecompressCtx> DECOMPRESSORS = new ArrayBlockingQueue<>(MAX_IDLE);

    private ChunkCodec() {}

    /** The most bytes that a chunk of {@code maxLength} plain bytes can need when stored. */
    public static int maxStoredBytes(int maxLength) {
        return Math.toIntExact(Zstd.compressBound(maxLength) + STORED_SLACK);
    }

    /** Compresses a chunk to one frame with its size and a checksum, as desync does. */
    public static byte[] compress(byte[] plain, int offset, int length) {
        byte[] frame = new byte[Math.toIntExact(Zstd.compressBound(length))];
        ZstdCompressCtx context = COMPRESSORS.poll();
        if (context == null) {
            context = new ZstdCompressCtx().setLevel(LEVEL).setChecksum(true).setContentSize(true);
        }
        int size;
        try {
            size = context.compressByteArray(frame, 0, frame.length, plain, offset, length);
        } finally {
            if (!COMPRESSORS.offer(context)) {
                context.close();
            }
        }
        return Arrays.copyOf(frame, size);
    }

    /**
     * The plain bytes of a chunk whose length an index gives, after checking length and digest.
     *
     * @param store name of the store that {@code stored} came from, for the error
     * @throws ChunkCorruptException when they are not that chunk
     */
    public static byte[] verify(ChunkId id, ChunkDigest digest, byte[] stored, int length, String store) {
        byte[] plain = decompress(id, stored, length, length, store);
        if (plain.length != length) {
            throw new ChunkCorruptException(
                    id, store, "it decompresses to %d bytes, not %d".formatted(plain.length, length));
        }
        return checkDigest(id, digest, plain, store);
    }

    /**
     * The plain bytes of a chunk of unknown length, after checking its digest and that it is no longer than
     * {@code maxLength}.
     *
     * @param store name of the store that {@code stored} came from, for the error
     * @throws ChunkCorruptException when they are not that chunk
     */
    public static byte[] verifyAtMost(ChunkId id, ChunkDigest digest, byte[] stored, int maxLength, String store) {
        return checkDigest(id, digest, decompress(id, stored, FIRST_BUFFER, maxLength, store), store);
    }

    private static byte[] checkDigest(ChunkId id, ChunkDigest digest, byte[] plain, String store) {
        ChunkId found = digest.hash(plain, 0, plain.length);
        if (!found.equals(id)) {
            throw new ChunkCorruptException(id, store, "its %s digest is %s".formatted(digest.text(), found));
        }
        return plain;
    }

    private static byte[] decompress(ChunkId id, byte[] stored, int firstGuess, int maxLength, String store) {
        String other = otherCompression(stored);
        if (!other.isEmpty()) {
            throw new ChunkCorruptException(
                    id, store, "unsupported compression " + other + ": only zstd is read; store it again with zstd");
        }
        ZstdDecompressCtx context = DECOMPRESSORS.poll();
        if (context == null) {
            context = new ZstdDecompressCtx();
        }
        try {
            for (int room = Math.min(firstGuess, maxLength); ; room = (int) Math.min(2L * room, maxLength)) {
                byte[] plain = new byte[room];
                try {
                    int length = context.decompressByteArray(plain, 0, room, stored, 0, stored.length);
                    return length == room ? plain : Arrays.copyOf(plain, length);
                } catch (ZstdException e) {
                    if (e.getErrorCode() != Zstd.errDstSizeTooSmall()) {
                        throw new ChunkCorruptException(id, store, "not a zstd frame: " + e.getMessage());
                    }
                    if (room == maxLength) {
                        throw new ChunkCorruptException(
                                id, store, "it decompresses to more than %d bytes".formatted(maxLength));
                    }
                }
            }
        } finally {
            if (!DECOMPRESSORS.offer(context)) {
                context.close();
            }
        }
    }

    /** casync can be told to write these under the same file name. */
    private static String otherCompression(byte[] stored) {
        if (startsWith(stored, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return "xz";
        }
        return startsWith(stored, 0x1f, 0x8b) ? "gzip" : "";
    }

    private static boolean startsWith(byte[] bytes, int... start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != start[i]) {
                return false;
            }
        }
        return true;
    }
}
