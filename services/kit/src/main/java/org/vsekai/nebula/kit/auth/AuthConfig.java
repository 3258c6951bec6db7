package org.vsekai.nebula.kit.auth;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/**
 * The SHA-256 digests (64 hex digits) of the accepted bearer tokens, by role. A token may stand in several lists. An
 * empty list means that nobody has the role.
 */
@ConfigMapping(prefix = "nebula.auth")
public interface AuthConfig {
    /** Environment: {@code NEBULA_AUTH_PUBLISHER}, digests separated by commas. */
    Optional<List<String>> publisher();

    /** Environment: {@code NEBULA_AUTH_OPERATOR}, digests separated by commas. */
    Optional<List<String>> operator();

    /** Environment: {@code NEBULA_AUTH_SERVER}, digests separated by commas. */
    Optional<List<String>> server();
}
