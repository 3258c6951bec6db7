package org.vsekai.nebula.kit.ledger;

import java.util.Optional;

/**
 * Which intents to list.
 *
 * @param state empty: in all
 * @param kind empty: of all
 * @param orphaned true: only pending ones whose writer's lease is gone
 */
public record IntentFilter(Optional<LedgerIntent.State> state, Optional<String> kind, boolean orphaned) {
    public static final IntentFilter ALL = new IntentFilter(Optional.empty(), Optional.empty(), false);

    public static final IntentFilter PENDING =
            new IntentFilter(Optional.of(LedgerIntent.State.PENDING), Optional.empty(), false);

    /** What is left for recovery. */
    public static final IntentFilter ORPHANED =
            new IntentFilter(Optional.of(LedgerIntent.State.PENDING), Optional.empty(), true);
}
