package org.vsekai.nebula.sync.ticket;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.zones.Role;

/** Issues tickets and takes them. Thread-safe. */
@ApplicationScoped
public class Tickets {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final TicketConfig config;
    private final Clock clock;
    private final Optional<TicketSigner> signer;

    Tickets(TicketConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        List<String> keys = Stream.of(config.key(), config.previousKey())
                .flatMap(Optional::stream)
                .toList();
        if (config.key().isEmpty() && config.previousKey().isPresent()) {
            throw new IllegalArgumentException("nebula.tickets.previous-key is set, and nebula.tickets.key is not");
        }
        keys.stream()
                .filter(key -> key.length() < TicketSigner.SHORTEST_KEY)
                .findAny()
                .ifPresent(key -> {
                    throw new IllegalArgumentException("nebula.tickets.key and previous-key have at least "
                            + TicketSigner.SHORTEST_KEY + " characters; make one with: openssl rand -hex 32");
                });
        signer = keys.isEmpty() ? Optional.empty() : Optional.of(new TicketSigner(keys));
    }

    /** A ticket and what it says. */
    record Issued(Ticket ticket, byte[] signed) {}

    /**
     * Issues a ticket. Fails with INVALID_FIELD or TICKETS_OFF.
     *
     * @param timeToLive empty: the configured one
     */
    Issued issue(String zone, Role role, String subject, Optional<Duration> timeToLive) {
        Duration life = timeToLive.orElse(config.timeToLive());
        if (life.compareTo(SHORTEST) < 0 || life.compareTo(LONGEST) > 0) {
            throw ProblemException.invalid(
                    "INVALID_FIELD", "time_to_live is " + SHORTEST + " to " + LONGEST + ", not " + life + ".");
        }
        TicketSigner by = signer.orElseThrow(() -> ProblemException.failedPrecondition(
                "TICKETS_OFF", "This node has no nebula.tickets.key to sign tickets with."));
        try {
            Ticket ticket = new Ticket(zone, role, subject, clock.instant().plus(life));
            return new Issued(ticket, by.sign(ticket));
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid(
                    "INVALID_FIELD", "subject has 1 to " + Ticket.LONGEST_SUBJECT + " bytes of UTF-8.");
        }
    }

    /** What a ticket says, if it is genuine and not too old. */
    public Optional<Ticket> find(byte[] signed) {
        return signer.flatMap(by -> by.findTicket(signed))
                .filter(ticket -> ticket.expiresAt().isAfter(clock.instant()));
    }
}
