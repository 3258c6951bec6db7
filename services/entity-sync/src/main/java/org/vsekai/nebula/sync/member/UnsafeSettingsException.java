package org.vsekai.nebula.sync.member;

import java.util.List;

/** The process does not start, as its settings are unsafe. */
final class UnsafeSettingsException extends RuntimeException {
    UnsafeSettingsException(List<String> unsafe) {
        super("Refusing to start with unsafe settings: " + String.join("; ", unsafe)
                + ". Where that is meant, set nebula.entity-sync.ledger.allow-unsafe to true.");
    }
}
