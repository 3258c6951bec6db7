package org.vsekai.nebula.launcher.desktop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.vsekai.nebula.launcher.config.UserHome;

/**
 * Makes an installed game known to the desktop: an entry to start it by, and the program for {@code vsekai://} links. Doing it
 * again for the same folder replaces what was there; nothing of other programs is touched.
 */
public interface DesktopRegistration {
    /** The scheme of the links that the game opens. */
    String SCHEME = "vsekai";

    /**
     * @return the files that were written
     * @throws UnwritableNameException if the format has no way to hold the game's path
     */
    List<Path> register(InstalledGame game) throws IOException;

    /** The writer for this platform. */
    static DesktopRegistration ofPlatform(Map<String, String> environment) {
        String system = System.getProperty("os.name");
        Path home = UserHome.of(environment);
        if (system.startsWith("Windows")) {
            return new WindowsRegistry(Path.of(System.getProperty("java.io.tmpdir")), WindowsRegistry::importFile);
        }
        if (system.startsWith("Mac")) {
            return new MacPropertyList(home.resolve("Applications"));
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        return new LinuxDesktopEntry(data.isEmpty() ? home.resolve(".local/share") : Path.of(data));
    }
}
