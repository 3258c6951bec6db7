package org.vsekai.nebula.parts;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs child processes outside the terminal's foreground process group. Ctrl-C then reaches their owner alone, who ends them in
 * order, rather than all of them at once.
 */
public final class OwnSession {
    private static final List<String> PREFIX = prefix();

    private OwnSession() {}

    /** The command that replaces itself by {@code command} in a session of its own, under the same process id. */
    public static List<String> command(List<String> command) {
        List<String> all = new ArrayList<>(PREFIX);
        all.addAll(command);
        return all;
    }

    private static List<String> prefix() {
        if (isOnPath("setsid")) {
            return List.of("setsid");
        }
        // macOS has no setsid, but perl. Windows has neither, nor process groups of this kind.
        return isOnPath("perl") ? List.of("perl", "-e", "setpgrp(0, 0); exec { $ARGV[0] } @ARGV or die $!") : List.of();
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
