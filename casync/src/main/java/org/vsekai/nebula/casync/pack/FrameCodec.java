package org.vsekai.nebula.casync.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;

/**
 * Between the plain bytes of a frame and the frame. A base goes in as a dictionary of raw content: the {@link #BASE_START}
 * byte and the base chunks. That byte keeps content which happens to begin like a trained dictionary from being taken
 * for one.
 */
final class FrameCodec {
    static final byte BASE_START = 0;

    /** zstd's own limits of these logarithms on the sizes that packs allow. */
    private static final int MIN_LOG = 17;

    private static final int MAX_HASH_LOG = 24;

    private FrameCodec() {}

    /**
     * Compresses to one frame.
     *
     * <p>The search tree of zstd's high levels remembers {@code 2^(chainLog - 1)} positions, and what is older is as good
     * as not there, so it is made large enough for base and content. It takes 8 bytes a position, and twice that with a
     * base, of which zstd keeps a prepared copy.
     *
     * @param base {@link #BASE_START} and the base chunks; empty for none
     * @param plain direct, from 0 to its limit
     */
    static byte[] compress(byte[] base, ByteBuffer plain, int level) {
        int length = plain.limit();
        int log = Math.max(MIN_LOG, Long.SIZE - Long.numberOfLeadingZeros((long) base.length + length - 1));
        try (ZstdCompressCtx context = new ZstdCompressCtx();
                Block room = new Block(Math.toIntExact(Zstd.compressBound(length)))) {
            context.setLevel(level)
                    .setContentSize(true)
                    .setChecksum(false) // every chunk has its own digest
                    .setWindowLog(log)
                    .setHashLog(Math.min(log, MAX_HASH_LOG))
                    .setChainLog(log + 1);
            if (base.length > 0) {
                context.loadDict(base);
            }
            int size = context.compressDirectByteBuffer(
                    room.bytes(), 0, room.bytes().capacity(), plain, 0, length);
            byte[] frame = new byte[size];
            room.bytes().get(frame);
            return frame;
        }
    }

    /**
     * Decompresses a frame. Memory is the caller's, so a frame that claims more than it may have fails.
     *
     * @param base direct, {@link #BASE_START} and the base chunks, or empty
     * @param frame direct, from its position to its limit
     * @param plain direct, of exactly the frame's plain length
     * @return false when the frame is not one of that length
     */
    static boolean decompress(ByteBuffer base, ByteBuffer frame, ByteBuffer plain) {
        try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
            if (base.capacity() == 0) {
                return decompress(context, frame, plain);
            }
            try (ZstdDictDecompress dictionary = new ZstdDictDecompress(base, true)) {
                return decompress(context.loadDict(dictionary), frame, plain);
            }
        }
    }

    private static boolean decompress(ZstdDecompressCtx context, ByteBuffer frame, ByteBuffer plain) {
        try {
            return context.decompressDirectByteBuffer(
                            plain, 0, plain.capacity(), frame, frame.position(), frame.remaining())
                    == plain.capacity();
        } catch (ZstdException e) {
            return false; // The reader reports a damaged frame in its statistics and goes for the loose chunks.
        }
    }
}
