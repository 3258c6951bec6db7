package org.vsekai.nebula.updater.version;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.vsekai.nebula.updater.assets.AssetReference;

/** A row of {@code files}; never changed. */
@Entity
@Table(name = "files")
@NullUnmarked // Hibernate fills the fields.
class FileEntity {
    @Id
    UUID id;

    @Column(name = "file_name", nullable = false, updatable = false)
    String fileName;

    @Column(name = "file_uri", nullable = false, updatable = false)
    String fileUri;

    @Column(name = "file_checksum_hash", nullable = false, updatable = false)
    String fileChecksumHash;

    @Column(name = "version_id", nullable = false, updatable = false)
    UUID versionId;

    @Column(nullable = false, updatable = false)
    long position;

    VersionFile toFile() {
        return new VersionFile(id, fileName, new AssetReference(fileUri), fileChecksumHash);
    }
}
