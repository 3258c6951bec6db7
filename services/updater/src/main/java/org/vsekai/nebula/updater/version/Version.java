package org.vsekai.nebula.updater.version;

import java.time.Instant;
import java.util.UUID;
import org.vsekai.nebula.kit.revision.EntityTags;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/**
 * A version as it stands.
 *
 * @param skipUpdate players are not sent to it
 * @param manifestFile where its manifest is
 * @param archiveBytes length of the archive that the index describes
 * @param revision grows with every change
 */
public record Version(
        UUID id,
        ModeName mode,
        SemanticVersion version,
        boolean skipUpdate,
        AssetReference manifestFile,
        IndexName index,
        long archiveBytes,
        Instant insertedAt,
        Instant updatedAt,
        long revision) {
    public String etag() {
        return EntityTags.of(id, revision);
    }
}
