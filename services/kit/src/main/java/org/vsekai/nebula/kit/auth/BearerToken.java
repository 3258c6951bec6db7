package org.vsekai.nebula.kit.auth;

import io.quarkus.security.credential.TokenCredential;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import org.jspecify.annotations.Nullable;

/** The credentials of an {@code Authorization: Bearer} value (RFC 6750), wherever it came from. */
final class BearerToken {
    private static final String SCHEME = "Bearer ";

    private BearerToken() {}

    static boolean isPresent(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    static TokenAuthenticationRequest request(String authorization) {
        return new TokenAuthenticationRequest(
                new TokenCredential(authorization.substring(SCHEME.length()).strip(), "bearer"));
    }
}
