package org.vsekai.nebula.kit.auth;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The configured digests, parsed once. Immutable and thread-safe. */
@ApplicationScoped
class TokenDigests {
    private final Map<Role, List<byte[]>> digests;

    TokenDigests(AuthConfig config) {
        digests = new EnumMap<>(Role.class);
        digests.put(Role.PUBLISHER, parse("nebula.auth.publisher", config.publisher()));
        digests.put(Role.OPERATOR, parse("nebula.auth.operator", config.operator()));
        digests.put(Role.SERVER, parse("nebula.auth.server", config.server()));
    }

    private static List<byte[]> parse(String property, Optional<List<String>> configured) {
        return configured.orElse(List.of()).stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(text -> digest(property, text))
                .toList();
    }

    private static byte[] digest(String property, String text) {
        if (!text.matches("[0-9a-fA-F]{64}")) {
            // The value is not repeated: it may be a token put here by mistake.
            throw new IllegalArgumentException(property + " must list SHA-256 digests of tokens as 64 hex digits each;"
                    + " make one with: printf %s \"$TOKEN\" | sha256sum");
        }
        return HexFormat.of().parseHex(text);
    }

    /** The roles of a token; empty if it is unknown. Takes the same time for every token of one length. */
    Set<Role> rolesOf(String token) {
        byte[] presented = sha256(token);
        EnumSet<Role> roles = EnumSet.noneOf(Role.class);
        digests.forEach((role, accepted) -> {
            for (byte[] digest : accepted) {
                if (MessageDigest.isEqual(digest, presented)) {
                    roles.add(role);
                }
            }
        });
        return roles;
    }

    /** Whether no token at all is configured, so that nobody can write. */
    boolean isEmpty() {
        return digests.values().stream().allMatch(List::isEmpty);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
