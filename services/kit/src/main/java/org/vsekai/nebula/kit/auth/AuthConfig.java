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
    /** Digests of the tokens with the role publisher. Environment: {@code NEBULA_AUTH_PUBLISHER}. */
    Optional<List<String>> publisher();

    /** Digests of the tokens with the role operator. Environment: {@code NEBULA_AUTH_OPERATOR}. */
    Optional<List<String>> operator();

    /** Digests of the tokens with the role server. Environment: {@code NEBULA_AUTH_SERVER}. */
    Optional<List<String>> server();
}
