package org.vsekai.nebula.kit.auth;

import jakarta.enterprise.context.ApplicationScoped;

/** Says what a refused caller can do about it. */
@ApplicationScoped
public class AuthAdvice {
    private final boolean noTokenConfigured;

    AuthAdvice(TokenDigests digests) {
        this.noTokenConfigured = digests.isEmpty();
    }

    /** The detail of a refusal for want of a valid token. */
    public String unauthenticated() {
        return noTokenConfigured
                ? "This service has no token configured and refuses every write. Set nebula.auth.publisher,"
                        + " nebula.auth.operator or nebula.auth.server to the SHA-256 digest of a token."
                : "Send Authorization: Bearer followed by a token whose SHA-256 digest is configured in"
                        + " nebula.auth.publisher, nebula.auth.operator or nebula.auth.server.";
    }

    /** The detail of a refusal because the token lacks the needed role. */
    public String forbidden() {
        return "The token is known but lacks the role that this call needs. Its SHA-256 digest can be added to"
                + " nebula.auth.publisher, nebula.auth.operator or nebula.auth.server.";
    }
}
