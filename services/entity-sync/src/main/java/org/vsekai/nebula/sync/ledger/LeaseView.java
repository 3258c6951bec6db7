package org.vsekai.nebula.sync.ledger;

import java.time.Instant;
import org.vsekai.nebula.ledger.Lease;

/** A lease as JSON. */
record LeaseView(
        String name, String holder, long token, long timeToLiveMillis, long remainingMillis, Instant acquiredAt) {
    static LeaseView of(Lease lease, long ledgerMillis) {
        return new LeaseView(
                lease.name(),
                lease.holder(),
                lease.token(),
                lease.ttl().toMillis(),
                lease.remaining(ledgerMillis).toMillis(),
                lease.acquiredAt());
    }
}
