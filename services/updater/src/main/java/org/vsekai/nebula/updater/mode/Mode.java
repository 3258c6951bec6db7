package org.vsekai.nebula.updater.mode;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.revision.EntityTags;

/**
 * A mode as it stands.
 *
 * @param updateTo the mode whose versions this mode's players get instead of its own
 * @param revision grows with every change
 */
public record Mode(
        UUID id,
        ModeName name,
        boolean active,
        Optional<ModeName> updateTo,
        Instant insertedAt,
        Instant updatedAt,
        long revision) {
    public String etag() {
        return EntityTags.of(id, revision);
    }
}
