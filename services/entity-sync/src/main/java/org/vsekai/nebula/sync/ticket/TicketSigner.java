package org.vsekai.nebula.sync.ticket;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.vsekai.nebula.zones.Role;

/**
 * Signs tickets and checks them: a version byte, the fields, and their HMAC-SHA-256 (RFC 2104). Whoever has the key can make tickets, so it
 * is for nodes alone. Thread-safe.
 *
 * <p>Layout, most significant byte first: {@code 01}; role (1 byte: 1 player, 2 observer, 3 server); end of validity in milliseconds since
 * 1970 (8 bytes); length (2 bytes) and UTF-8 of the zone; the same of the subject; 32 bytes of HMAC over all before.
 */
final class TicketSigner {
    static final int SHORTEST_KEY = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int VERSION = 1;
    private static final int SIGNATURE = 32;
    private static final int LARGEST = 1024;

    private final List<SecretKeySpec> keys;

    /** @param keys the first signs, all are taken */
    TicketSigner(List<String> keys) {
        if (keys.isEmpty() || keys.stream().anyMatch(key -> key.length() < SHORTEST_KEY)) {
            throw new IllegalArgumentException("a key has at least " + SHORTEST_KEY + " characters");
        }
        this.keys = keys.stream()
                .map(key -> new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM))
                .toList();
    }

    byte[] sign(Ticket ticket) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeByte(number(ticket.role()));
            out.writeLong(ticket.expiresAt().toEpochMilli());
            text(out, ticket.zone());
            text(out, ticket.subject());
            out.write(signature(keys.getFirst(), bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(encoded.length);
        out.write(encoded);
    }

    /** What the ticket says, if one of the keys signed it; whether it is still valid is for the caller to see. */
    Optional<Ticket> findTicket(byte[] signed) {
        if (signed.length <= SIGNATURE || signed.length > LARGEST || signed[0] != VERSION) {
            return Optional.empty();
        }
        byte[] content = Arrays.copyOf(signed, signed.length - SIGNATURE);
        byte[] signature = Arrays.copyOfRange(signed, content.length, signed.length);
        // All keys are tried, whichever fits: the time it takes tells nothing.
        boolean genuine = false;
        for (SecretKeySpec key : keys) {
            genuine |= MessageDigest.isEqual(signature, signature(key, content));
        }
        return genuine ? Optional.of(read(content)) : Optional.empty();
    }

    private static Ticket read(byte[] content) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            in.readByte();
            Role role = role(in.readByte());
            Instant expiresAt = Instant.ofEpochMilli(in.readLong());
            String zone = text(in);
            return new Ticket(zone, role, text(in), expiresAt);
        } catch (IOException e) {
            throw new IllegalStateException("a genuine ticket that cannot be read", e);
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8);
    }

    private static int number(Role role) {
        return switch (role) {
            case PLAYER -> 1;
            case OBSERVER -> 2;
            case SERVER -> 3;
        };
    }

    private static Role role(int number) {
        return switch (number) {
            case 1 -> Role.PLAYER;
            case 2 -> Role.OBSERVER;
            case 3 -> Role.SERVER;
            default -> throw new IllegalStateException("a genuine ticket for role " + number);
        };
    }

    private static byte[] signature(SecretKeySpec key, byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
