package org.vsekai.nebula.assets.collect;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.vsekai.nebula.kit.intent.WriteIntent;

/**
 * This instance's turn to work on the store.
 *
 * @param claim token of the claim {@value Turns#CLAIM}
 * @param intent of a collection that deletes
 * @param lease how long the lease of the ledger lasts, from one renewal to the end
 * @param remaining for how long the lease under which the claim was made is surely held yet
 */
record Turn(long claim, Optional<WriteIntent> intent, Duration lease, Supplier<Duration> remaining) {
    /** What every transaction of the run carries. */
    long token() {
        return intent.map(WriteIntent::token).orElse(claim);
    }

    /** How long a deletion may take. A lease that is renewed when it should be has always more than twice that left. */
    Duration deletionTime() {
        return lease.dividedBy(4);
    }

    /**
     * Asked before each deletion: an instance that was suspended may wake up when the turn is long another's, and what is
     * deleted then may have been put again meanwhile.
     *
     * @param needed how long what is to come may take
     * @throws RunEndedException when the turn is not certainly this instance's for that long
     */
    void require(Duration needed) {
        if (remaining.get().compareTo(needed) < 0) {
            throw new RunEndedException("the lease of the ledger was lost or ends too soon");
        }
    }
}
