package org.vsekai.nebula.ledger;

import java.time.Duration;

/**
 * How much the ledger holds. The limits travel with each command, as its time does: members that are configured differently,
 * as in the middle of a roll-out, still do the same.
 *
 * <p>Exactly once: the result of each request is remembered for {@link #remembered}, in ledger time, which never runs
 * faster than a clock. A caller sends an id again for at most {@link #ATTEMPT}; a member works on what it was sent for at most as
 * long, and sends it to the log itself as often as it must; and an attempt that took {@link #ATTEMPT} to reach the log is refused
 * there. So no attempt can arrive after its id was forgotten: three times {@link #ATTEMPT} after the first at the earliest. When
 * {@link #requests} ids are remembered, new ones are refused until the oldest are due: with the defaults that is a sustained
 * 2,777 commands a second, at about 60 bytes each.
 *
 * @param counters other than 0
 * @param leases held
 * @param claims held
 * @param pendingIntents begun and not finished
 * @param finishedIntents kept for those who ask late; the one finished first is dropped first
 * @param finishedIntentAge how long a finished one is kept at most, in ledger time; looked at when a command is applied
 * @param intentBytes of UTF-8 in all intents; finished ones are dropped to make room for a new one
 * @param requests remembered at once
 * @param requestWindow how long each is remembered, if that is longer than three times {@link #ATTEMPT}; at least twice
 *     {@link #ATTEMPT}, which logs of earlier versions ask for
 */
public record LedgerLimits(
        int counters,
        int leases,
        int claims,
        int pendingIntents,
        int finishedIntents,
        Duration finishedIntentAge,
        long intentBytes,
        int requests,
        Duration requestWindow) {

    /** How long a command may be on its way to the log, and how long a caller may go on sending it. */
    public static final Duration ATTEMPT = Duration.ofMinutes(1);

    private static final Duration SHORTEST_WINDOW = ATTEMPT.multipliedBy(3);

    public static final LedgerLimits DEFAULT = new LedgerLimits(
            100_000, 10_000, 100_000, 10_000, 10_000, Duration.ofHours(24), 64L << 20, 500_000, Duration.ofMinutes(3));

    public LedgerLimits {
        Rules.range("counters", counters, 1, 10_000_000);
        Rules.range("leases", leases, 1, 1_000_000);
        Rules.range("claims", claims, 1, 10_000_000);
        Rules.range("pendingIntents", pendingIntents, 1, 1_000_000);
        Rules.range("finishedIntents", finishedIntents, 0, 1_000_000);
        Rules.range(
                "finishedIntentAge",
                finishedIntentAge.toMillis(),
                0,
                Duration.ofDays(365).toMillis());
        Rules.range("intentBytes", intentBytes, 1L << 20, 1L << 30);
        Rules.range("requests", requests, 1, 20_000_000);
        Rules.range(
                "requestWindow",
                requestWindow.toMillis(),
                2 * ATTEMPT.toMillis(),
                Duration.ofHours(1).toMillis());
    }

    /** How long each request is remembered. */
    public Duration remembered() {
        return requestWindow.compareTo(SHORTEST_WINDOW) < 0 ? SHORTEST_WINDOW : requestWindow;
    }

    public LedgerLimits withRequests(int count) {
        return new LedgerLimits(
                counters,
                leases,
                claims,
                pendingIntents,
                finishedIntents,
                finishedIntentAge,
                intentBytes,
                count,
                requestWindow);
    }
}
