package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The ledger as it stood after one entry of the log. Only of use inside the query it was given to; what it answers may be
 * kept. Lists are ordered and paged: {@code after} is the last name of the page before, the empty text for the first page,
 * and a page has at most {@link #PAGE} items. Names are ordered by their UTF-16 code units.
 */
public interface LedgerView {
    /** The most items on one page. */
    int PAGE = 1000;

    /** Position in the log that this view shows. */
    long index();

    /** Ledger time of the last stamp that this member heard. */
    long ledgerMillis();

    /** How long ago, by this member's clock, it heard that stamp; what a stale read may have missed is younger. */
    Duration sinceLastStamp();

    /** The counter's value; 0 when it was never set. */
    long counter(String name);

    /** Counters other than 0. */
    List<Counter> counters(String prefix, String after, int pageSize);

    Optional<Lease> findLease(String name);

    List<Lease> leases(String prefix, String after, int pageSize);

    Optional<Claim> findClaim(String resource);

    List<Claim> claims(String prefix, String after, int pageSize);

    /** Claims under one lease, whichever of its tokens is the live one. */
    List<Claim> claimsUnder(String lease, String after, int pageSize);

    Optional<Intent> findIntent(UUID id);

    /**
     * Intents in the order in which they began.
     *
     * @param state only those; all when empty
     * @param afterToken token of the last one on the page before; 0 for the first page
     */
    List<Intent> intents(Optional<Intent.State> state, long afterToken, int pageSize);

    /** How much there is of everything that {@link LedgerLimits} bounds. */
    Sizes sizes();

    /**
     * @param requests remembered for exactly once
     * @param intentBytes of UTF-8 in all intents
     */
    record Sizes(
            int counters,
            int leases,
            int claims,
            int pendingIntents,
            int finishedIntents,
            long intentBytes,
            int requests) {}
}
