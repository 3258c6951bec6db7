package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.vsekai.nebula.casync.chunk.ChunkDigest;

/** SHA-256 of files. */
final class Digests {
    private static final int BUFFER = 128 << 10;

    private Digests() {}

    static MessageDigest newSha256() {
        return ChunkDigest.SHA256.newMessageDigest();
    }

    /** 64 lower-case hex digits. A symbolic link is not followed but fails. */
    static String sha256(Path file) throws IOException {
        MessageDigest digest = newSha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
