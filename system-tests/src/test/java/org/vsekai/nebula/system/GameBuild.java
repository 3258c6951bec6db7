package org.vsekai.nebula.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Folders that look like two successive builds of a game, and what a folder holds. */
final class GameBuild {
    private static final int FILES = 60;
    private static final int BIG_FILE_BYTES = 6_000_000;

    private GameBuild() {}

    /**
     * Writes a build. Versions share most of their content: a big data file with a part rewritten and a part inserted, most of
     * the small files, an executable; each has files that the other lacks.
     */
    static Path write(Path folder, int version, long seed) throws IOException {
        Files.createDirectories(folder.resolve("assets/日本語"));
        Files.createDirectories(folder.resolve("empty"));
        byte[] pack = bytes(seed, BIG_FILE_BYTES);
        for (int v = 2; v <= version; v++) {
            byte[] change = bytes(seed + v, 200_000);
            System.arraycopy(change, 0, pack, 1_000_000 * v, change.length);
            byte[] longer = Arrays.copyOf(pack, pack.length + 5_000);
            System.arraycopy(pack, 3_000_000, longer, 3_005_000, pack.length - 3_000_000);
            pack = longer;
        }
        Files.write(folder.resolve("game.pck"), pack);
        for (int i = 0; i < FILES; i++) {
            boolean changed = i % 20 == version;
            Files.write(
                    folder.resolve("assets/texture-" + i + ".bin"),
                    bytes(seed + 1000 + i + (changed ? version * 100L : 0), 20_000 + i * 500));
        }
        Files.writeString(folder.resolve("assets/日本語/naïve 🎮.txt"), "version " + version + "\n");
        Files.writeString(folder.resolve("only-in-" + version + ".txt"), "x".repeat(version * 100));
        Path program = folder.resolve("game.sh");
        Files.writeString(program, "#!/bin/sh\necho version " + version + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(folder.resolve("start"), Path.of("game.sh"));
        return folder;
    }

    private static byte[] bytes(long seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /**
     * What stands below the folder: for each path its kind, execute bit and content's hash. The launcher's own
     * bookkeeping is left out.
     */
    static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return contents;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = folder.relativize(path).toString();
                if (name.isEmpty() || name.equals(".vsekai") || name.startsWith(".vsekai/")) {
                    continue;
                }
                if (Files.isSymbolicLink(path)) {
                    contents.put(name, "link to " + Files.readSymbolicLink(path));
                } else if (Files.isDirectory(path)) {
                    contents.put(name, "folder");
                } else {
                    contents.put(
                            name,
                            (Files.isExecutable(path) ? "program " : "file ")
                                    + Hashes.sha256(Files.readAllBytes(path)));
                }
            }
        }
        return contents;
    }

    /** Adds what a player adds: settings, a saved game in a folder of the game, and a folder of screenshots. */
    static Map<String, String> addPlayerFiles(Path installed) throws IOException {
        Files.writeString(installed.resolve("settings.cfg"), "volume=11\n", StandardCharsets.UTF_8);
        Files.writeString(installed.resolve("assets/save-1.dat"), "level 7\n", StandardCharsets.UTF_8);
        Files.createDirectories(installed.resolve("screenshots/first"));
        Files.writeString(installed.resolve("screenshots/first/a.png"), "not really", StandardCharsets.UTF_8);
        Map<String, String> all = contents(installed);
        all.keySet()
                .retainAll(Set.of(
                        "settings.cfg",
                        "assets/save-1.dat",
                        "screenshots",
                        "screenshots/first",
                        "screenshots/first/a.png"));
        return all;
    }
}
