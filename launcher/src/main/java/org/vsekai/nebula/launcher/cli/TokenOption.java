package org.vsekai.nebula.launcher.cli;

import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.NotConfiguredException;
import picocli.CommandLine.Option;

/** The right to write. */
final class TokenOption {
    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A publisher's token. Default: $VSEKAI_TOKEN, which other users of the machine cannot see.")
    private @Nullable String token;

    String get() {
        String environment = System.getenv("VSEKAI_TOKEN");
        String given = token == null ? environment : token;
        if (given == null || given.isBlank()) {
            throw new NotConfiguredException("token", "set VSEKAI_TOKEN to a publisher's token, or give --token");
        }
        if (!given.strip().matches("[\\x21-\\x7e]+")) {
            throw new NotConfiguredException("token", "the token holds characters that no token has");
        }
        return given.strip();
    }
}
