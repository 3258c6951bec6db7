package org.vsekai.nebula.launcher.config;

import java.nio.file.Path;
import java.util.Map;

/** Where the user's own files lie. */
public final class UserHome {

    private UserHome() {}

    /**
     * {@code HOME} where systems have it, as every other program takes it; Java's own answer, from the user database, elsewhere.
     *
     * @param environment the process environment
     */
    public static Path of(Map<String, String> environment) {
        return of(environment, System.getProperty("os.name"), System.getProperty("user.home"));
    }

    static Path of(Map<String, String> environment, String system, String known) {
        String home = system.startsWith("Windows") ? "" : environment.getOrDefault("HOME", "");
        return Path.of(home.isBlank() ? known : home);
    }
}
