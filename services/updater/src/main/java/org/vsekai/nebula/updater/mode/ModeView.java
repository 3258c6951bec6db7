package org.vsekai.nebula.updater.mode;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A mode as REST shows it. @param updateTo the name of a mode */
record ModeView(
        UUID id, String name, boolean isActive, @Nullable String updateTo, Instant insertedAt, Instant updatedAt) {
    static ModeView of(Mode mode) {
        return new ModeView(
                mode.id(),
                mode.name().text(),
                mode.active(),
                mode.updateTo().map(ModeName::text).orElse(null),
                mode.insertedAt(),
                mode.updatedAt());
    }
}
