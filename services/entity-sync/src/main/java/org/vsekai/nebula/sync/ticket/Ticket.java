package org.vsekai.nebula.sync.ticket;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.vsekai.nebula.zones.Role;

/**
 * What a ticket says.
 *
 * @param zone that its bearer may join
 * @param subject whom it was issued for, 1 to {@value #LONGEST_SUBJECT} bytes of UTF-8
 */
public record Ticket(String zone, Role role, String subject, Instant expiresAt) {
    public static final int LONGEST_SUBJECT = 128;

    public Ticket {
        int bytes = subject.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > LONGEST_SUBJECT) {
            throw new IllegalArgumentException("a subject of " + bytes + " bytes");
        }
    }
}
