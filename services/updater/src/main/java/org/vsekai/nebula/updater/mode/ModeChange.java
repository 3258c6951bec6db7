package org.vsekai.nebula.updater.mode;

import java.util.Optional;

/**
 * What to change of a mode.
 *
 * @param active empty: stays as it is
 */
public record ModeChange(Optional<Boolean> active, UpdateTo updateTo) {
    /** What becomes of {@code update_to}. */
    public sealed interface UpdateTo {
        /** It stays as it is. */
        record Unchanged() implements UpdateTo {}

        /** The mode's players get its own versions again. */
        record Nowhere() implements UpdateTo {}

        /** The mode's players are sent to another. */
        record Elsewhere(ModeName mode) implements UpdateTo {}
    }
}
