package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.time.Instant;

/**
 * Who has the say over a name, for a time.
 *
 * @param token larger than every token given before
 * @param ttl life from the last renewal, in ledger time
 * @param expiresAtMillis ledger time at which it ends unless renewed; at that very millisecond it has ended
 * @param acquiredAt by the clock of the leader of the day, for people to read
 */
public record Lease(String name, String holder, long token, Duration ttl, long expiresAtMillis, Instant acquiredAt) {
    public Lease {
        Rules.name("name", name);
        Rules.name("holder", holder);
        Rules.token("token", token);
        Rules.ttl(ttl);
    }

    /** Ledger time left at {@code ledgerMillis}; zero when it has ended. */
    public Duration remaining(long ledgerMillis) {
        return Duration.ofMillis(Math.max(0, expiresAtMillis - ledgerMillis));
    }
}
