package org.vsekai.nebula.kit.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** One token per role, and the configuration under which a service accepts them. */
public final class TestTokens {
    public static final String PUBLISHER = "test-publisher-token";
    public static final String OPERATOR = "test-operator-token";
    public static final String SERVER = "test-server-token";

    private TestTokens() {}

    public static Map<String, String> config() {
        return Map.of(
                "nebula.auth.publisher", digest(PUBLISHER),
                "nebula.auth.operator", digest(OPERATOR),
                "nebula.auth.server", digest(SERVER));
    }

    /** The header value that carries a token. */
    public static String bearer(String token) {
        return "Bearer " + token;
    }

    public static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
