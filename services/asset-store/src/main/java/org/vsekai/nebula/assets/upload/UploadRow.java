package org.vsekai.nebula.assets.upload;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "Upload")
@Table(name = "uploads", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class UploadRow {
    @Id
    UUID id;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;

    @Column(name = "expires_at", nullable = false)
    Instant expiresAt;
}
