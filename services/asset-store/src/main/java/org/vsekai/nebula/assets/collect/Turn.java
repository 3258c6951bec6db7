package org.vsekai.nebula.assets.collect;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.vsekai.nebula.kit.intent.WriteIntent;

/**
 * This instance's turn to work on the store.
 *
 * @param claim token of the claim {@value Turns#CLAIM}
 * @param intent of a collection that deletes
 * @param held whether the lease of the ledger under which the claim was made is surely still held
 */
record Turn(long claim, Optional<WriteIntent> intent, BooleanSupplier held) {
    /** What every transaction of the run carries. */
    long token() {
        return intent.map(WriteIntent::token).orElse(claim);
    }

    /**
     * Asked before each deletion: an instance that was suspended may wake up when the turn is long another's.
     *
     * @throws RunEndedException when it is not certainly this one's
     */
    void require() {
        if (!held.getAsBoolean()) {
            throw new RunEndedException("the lease of the ledger was lost");
        }
    }
}
