package org.vsekai.nebula.sync.ledger;

import java.util.Optional;
import org.vsekai.nebula.ledger.Intent;

/**
 * Which intents are asked for.
 *
 * @param state empty: in all
 * @param kind empty: of all
 * @param orphaned whether only those that are left for recovery
 */
record IntentQuery(Optional<Intent.State> state, Optional<String> kind, boolean orphaned) {}
