package org.vsekai.nebula.ledger.consensus;

/**
 * When the leader made a batch.
 *
 * @param ledgerMillis time that runs only while there is a leader and never goes back: the last stamp applied, and what has
 *     passed since on the leader's monotonic clock. Leases expire by it
 * @param wallMillis the leader's clock, milliseconds since 1970 UTC; for people to read, it decides nothing
 */
public record Stamp(long ledgerMillis, long wallMillis) {
    public Stamp {
        if (ledgerMillis < 0) {
            throw new IllegalArgumentException("ledger time before its beginning: " + ledgerMillis);
        }
    }
}
