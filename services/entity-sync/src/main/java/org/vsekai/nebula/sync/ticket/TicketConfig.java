package org.vsekai.nebula.sync.ticket;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How tickets are signed. */
@ConfigMapping(prefix = "nebula.tickets")
public interface TicketConfig {
    /**
     * The secret that signs tickets, at least 32 characters, the same on every node that hosts zones. Without one nobody can join a zone.
     * Environment: {@code NEBULA_TICKETS_KEY}.
     */
    Optional<String> key();

    /** The key before it was changed: tickets that it signed are still taken. Environment: {@code NEBULA_TICKETS_PREVIOUS_KEY}. */
    Optional<String> previousKey();

    /** Of a ticket that is asked for without one. */
    @WithDefault("60s")
    Duration timeToLive();
}
