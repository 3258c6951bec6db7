package org.vsekai.nebula.casync.chunk;

/**
 * The bounds that a chunker keeps to, in bytes. Only the last chunk of a blob may be shorter than {@code min}.
 *
 * <p>The limits are those within which both tools work: desync's window needs 48 bytes, its discriminator formula breaks
 * down as the average nears 9.32 MB, and casync caps a chunk at 128 MiB (desync {@code chunker.go}, casync
 * {@code src/cachunker.c}, {@code src/cachunk.h}).
 */
public record ChunkSizes(int min, int avg, int max) {
    public static final int MIN_LIMIT = 48;
    public static final int AVG_LIMIT = 8 << 20;
    public static final int MAX_LIMIT = 128 << 20;

    /** 16:64:256 KiB, the default of both tools and what every V-Sekai index uses. */
    public static final ChunkSizes DEFAULT = new ChunkSizes(16 << 10, 64 << 10, 256 << 10);

    public ChunkSizes {
        if (min < MIN_LIMIT || avg < min || max < avg || avg > AVG_LIMIT || max > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "chunk sizes %d:%d:%d bytes: want %d <= min <= avg <= max, avg <= %d and max <= %d"
                            .formatted(min, avg, max, MIN_LIMIT, AVG_LIMIT, MAX_LIMIT));
        }
    }

    /**
     * Reads desync's {@code -m} argument, {@code min:avg:max} in KiB.
     *
     * @throws IllegalArgumentException for other text and for sizes out of bounds
     */
    public static ChunkSizes parse(String kibibytes) {
        String[] parts = kibibytes.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "chunk sizes \"%s\": want min:avg:max in KiB, as in 16:64:256".formatted(kibibytes));
        }
        return new ChunkSizes(bytes(parts[0]), bytes(parts[1]), bytes(parts[2]));
    }

    private static int bytes(String kibibytes) {
        try {
            return Math.multiplyExact(Integer.parseInt(kibibytes), 1024);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("\"" + kibibytes + "\" is not a chunk size in KiB", e);
        }
    }

    /**
     * The value d of the cut rule {@code h mod d == d - 1}, by desync's formula; casync also clamps it to
     * {@code [min, max]}, desync does not, and we follow desync.
     */
    int discriminator() {
        return (int) (avg / (-1.42888852e-7 * avg + 1.33237515));
    }
}
