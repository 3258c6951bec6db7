package org.vsekai.nebula.launcher.desktop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.vsekai.nebula.casync.chunk.ChunkDigest;

/**
 * What the desktop is told about.
 *
 * @param command program and arguments that start the game; a link is added as the last argument
 */
public record InstalledGame(Path root, String mode, String version, List<String> command) {
    public InstalledGame {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a game needs a program that starts it");
        }
    }

    /** For people. */
    String title() {
        return "V-Sekai (" + mode + ")";
    }

    /** Tells apart the games in different folders; the same for every version in one. */
    String id() {
        byte[] digest =
                ChunkDigest.SHA256.newMessageDigest().digest(root.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 6);
    }
}
