package org.vsekai.nebula.kit.ledger;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where the ledger is, and how patiently to ask.
 *
 * @param addresses {@code host:port} of the members' gRPC servers; none: there is no ledger
 * @param token bearer token of role server
 * @param trust PEM file of the certificates to trust; empty: plain text
 * @param deadline of one call, all attempts included; at most a minute
 * @param attempt how long one member may take to answer before the next is asked
 * @param initialBackoff the pause before the second round of attempts lies between nothing and this; it doubles each time
 * @param maxBackoff no pause is longer
 * @param maxInFlight calls at a time; one more fails as unavailable
 */
public record LedgerEndpoints(
        List<String> addresses,
        Optional<String> token,
        Optional<Path> trust,
        Duration deadline,
        Duration attempt,
        Duration initialBackoff,
        Duration maxBackoff,
        int maxInFlight) {
    /** The longest deadline: a request id may not be sent again later. */
    public static final Duration LONGEST_DEADLINE = Duration.ofMinutes(1);

    public LedgerEndpoints {
        addresses = List.copyOf(addresses);
        checkDeadline(deadline);
        if (!attempt.isPositive() || !initialBackoff.isPositive() || maxBackoff.compareTo(initialBackoff) < 0) {
            throw new IllegalArgumentException("nebula.ledger.attempt, nebula.ledger.initial-backoff and"
                    + " nebula.ledger.max-backoff must be more than nothing, the last no less than the one before it");
        }
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("nebula.ledger.max-in-flight must be at least 1, not " + maxInFlight);
        }
    }

    /** These members, with every other setting at its default. */
    public static LedgerEndpoints of(List<String> addresses, Optional<String> token) {
        return new LedgerEndpoints(
                addresses,
                token,
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                Duration.ofMillis(20),
                Duration.ofSeconds(1),
                4096);
    }

    static Duration checkDeadline(Duration deadline) {
        if (!deadline.isPositive() || deadline.compareTo(LONGEST_DEADLINE) > 0) {
            throw new IllegalArgumentException(
                    "the deadline of a call to the ledger must be more than nothing and at most " + LONGEST_DEADLINE
                            + ", not " + deadline);
        }
        return deadline;
    }
}
