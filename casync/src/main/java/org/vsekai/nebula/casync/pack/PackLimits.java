package org.vsekai.nebula.casync.pack;

import com.github.luben.zstd.Zstd;

/** What no pack exceeds; a reader refuses a pack index that says otherwise before it takes memory. */
final class PackLimits {
    /** Plain bytes of a frame. One chunk of the largest size always fits: it may be alone in a frame. */
    static final int FRAME_BYTES = 128 << 20;

    /** Bytes of base chunks that a frame is compressed against. */
    static final int BASE_BYTES = 64 << 20;

    /** Bytes of a pack index. */
    static final int INDEX_BYTES = 64 << 20;

    private PackLimits() {}

    /** The most bytes that a frame of so many plain bytes can need. */
    static int maxFrameLength(int plainLength) {
        return Math.toIntExact(Zstd.compressBound(plainLength));
    }
}
