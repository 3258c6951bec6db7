package org.vsekai.nebula.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What the fields of commands may hold. */
final class Rules {
    private static final int NAME_BYTES = 256;
    private static final int TEXT_BYTES = 512;
    private static final int COVERS = 1024;
    private static final int UUID_CHARACTERS = 36;

    private Rules() {}

    static void name(String field, String value) {
        bounded(field, value, 1, NAME_BYTES);
    }

    static void prefix(String field, String value) {
        bounded(field, value, 0, NAME_BYTES);
    }

    static void text(String field, String value) {
        bounded(field, value, 1, TEXT_BYTES);
    }

    static List<String> covers(List<String> covers) {
        if (covers.size() > COVERS) {
            throw new InvalidCommandException("covers", "%d of them; at most %d".formatted(covers.size(), COVERS));
        }
        covers.forEach(covered -> text("covers", covered));
        return List.copyOf(covers);
    }

    static void token(String field, long token) {
        if (token < 1) {
            throw new InvalidCommandException(field, "no token is " + token);
        }
    }

    static void ttl(Duration ttl) {
        if (ttl.compareTo(Command.AcquireLease.SHORTEST_TTL) < 0
                || ttl.compareTo(Command.AcquireLease.LONGEST_TTL) > 0) {
            throw new InvalidCommandException(
                    "ttl",
                    "%s; from %s to %s"
                            .formatted(ttl, Command.AcquireLease.SHORTEST_TTL, Command.AcquireLease.LONGEST_TTL));
        }
    }

    static void range(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidCommandException(field, "%d; from %d to %d".formatted(value, least, most));
        }
    }

    static UUID uuid(String field, String text) {
        // UUID.fromString alone takes shortened groups, so that one id would have many texts.
        if (text.length() == UUID_CHARACTERS) {
            try {
                return UUID.fromString(text);
            } catch (IllegalArgumentException e) {
                throw new InvalidCommandException(field, "not a UUID");
            }
        }
        throw new InvalidCommandException(field, "not a UUID of %d characters".formatted(UUID_CHARACTERS));
    }

    private static void bounded(String field, String value, int least, int most) {
        if (value.length() > most) {
            throw new InvalidCommandException(field, "longer than %d bytes".formatted(most));
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                throw new InvalidCommandException(field, "control character at " + i);
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw new InvalidCommandException(field, "half a character at " + i);
                }
                i++;
            }
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < least || bytes > most) {
            throw new InvalidCommandException(field, "%d bytes; from %d to %d".formatted(bytes, least, most));
        }
    }
}
