package org.vsekai.nebula.launcher.update;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.vsekai.nebula.launcher.desktop.InstalledGame;
import org.vsekai.nebula.launcher.manifest.Manifest;
import org.vsekai.nebula.launcher.manifest.ManifestEntry;

/** Finds what starts a game: the first program at the top of its folder, else this launcher. */
final class GamePrograms {
    private GamePrograms() {}

    static InstalledGame of(Path root, Manifest manifest) {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        List<String> command = manifest.entries().values().stream()
                .filter(entry -> entry instanceof ManifestEntry.File file
                        && file.path().indexOf('/') < 0
                        && (windows
                                ? file.path().toLowerCase(Locale.ROOT).endsWith(".exe")
                                : (file.permissions() & 0100) != 0))
                .findFirst()
                .map(program -> List.of(root.resolve(program.path()).toString()))
                .orElseGet(() -> launcher(root));
        return new InstalledGame(root, manifest.mode(), manifest.version().text(), command);
    }

    private static List<String> launcher(Path root) {
        String wrapper = System.getProperty("vsekai.program");
        if (wrapper != null) {
            return List.of(wrapper, "update", root.toString());
        }
        try {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    Path.of(GamePrograms.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                            .toString(),
                    "update",
                    root.toString());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a program has a location", e);
        }
    }
}
