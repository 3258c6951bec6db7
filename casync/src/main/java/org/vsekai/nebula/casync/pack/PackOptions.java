package org.vsekai.nebula.casync.pack;

/**
 * How packs are made. The defaults are what {@code docs/decisions/0010-packs.md} measured.
 *
 * @param level of zstd, 1 to 22
 * @param frameBytes plain bytes of a frame, at most, unless one chunk is larger
 * @param baseBytes bytes of base chunks that a frame is compressed against, at most; 0 for none
 */
public record PackOptions(int level, int frameBytes, int baseBytes) {
    public static final PackOptions INSTALL = new PackOptions(19, 16 << 20, 0);
    public static final PackOptions DELTA = new PackOptions(19, 4 << 20, 12 << 20);

    public PackOptions {
        if (level < 1 || level > 22 || frameBytes < 1 || frameBytes > PackLimits.FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "level %d (1 to 22), frameBytes %d (1 to %d)".formatted(level, frameBytes, PackLimits.FRAME_BYTES));
        }
        if (baseBytes < 0 || baseBytes > PackLimits.BASE_BYTES) {
            throw new IllegalArgumentException("baseBytes %d (0 to %d)".formatted(baseBytes, PackLimits.BASE_BYTES));
        }
    }
}
