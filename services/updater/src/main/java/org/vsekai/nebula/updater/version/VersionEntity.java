package org.vsekai.nebula.updater.version;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/** A row of {@code versions}. */
@Entity
@Table(name = "versions")
@NullUnmarked // Hibernate fills the fields.
class VersionEntity {
    @Id
    UUID id;

    @Column(nullable = false, updatable = false)
    String version;

    @Column(name = "skip_update", nullable = false)
    boolean skipUpdate;

    @Column(name = "manifest_file_uri", nullable = false, updatable = false)
    String manifestFileUri;

    @Column(name = "mode_id", nullable = false, updatable = false)
    UUID modeId;

    @Column(name = "inserted_at", nullable = false, updatable = false)
    Instant insertedAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Column(nullable = false, updatable = false)
    byte[] precedence;

    @Column(name = "index_name", nullable = false, updatable = false)
    String indexName;

    @Column(name = "archive_bytes", nullable = false, updatable = false)
    long archiveBytes;

    @Column(nullable = false)
    long revision;

    /** @param mode the name of the mode with id {@code modeId} */
    Version toVersion(ModeName mode) {
        return new Version(
                id,
                mode,
                new SemanticVersion(version),
                skipUpdate,
                new AssetReference(manifestFileUri),
                new IndexName(indexName),
                archiveBytes,
                insertedAt,
                updatedAt,
                revision);
    }
}
