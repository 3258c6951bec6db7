package org.vsekai.nebula.casync.pack;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a pack or of a pack index: the SHA-256 of the file's bytes. Both lie in the same folder.
 *
 * @param sha256 64 lower-case hexadecimal digits
 */
public record PackName(String sha256) {
    /** Extension of a pack. */
    public static final String PACK = ".capack";

    /** Extension of a pack index. */
    public static final String PACK_INDEX = ".capkx";

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public PackName {
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("want 64 lower-case hexadecimal digits");
        }
    }

    static PackName of(byte[] digest) {
        return new PackName(HexFormat.of().formatHex(digest));
    }

    byte[] digest() {
        return HexFormat.of().parseHex(sha256);
    }

    /** File name of the pack that has this digest. */
    public String packFile() {
        return sha256 + PACK;
    }

    /** File name of the pack index that has this digest. */
    public String packIndexFile() {
        return sha256 + PACK_INDEX;
    }

    @Override
    public String toString() {
        return sha256;
    }
}
