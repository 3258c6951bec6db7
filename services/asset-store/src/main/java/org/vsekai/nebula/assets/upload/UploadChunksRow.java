package org.vsekai.nebula.assets.upload;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "UploadChunks")
@Table(name = "upload_chunks", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class UploadChunksRow {
    @Id
    UUID id;

    @Column(name = "upload_id", nullable = false)
    UUID uploadId;

    @Column(name = "chunk_ids", nullable = false)
    byte[] chunkIds;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;
}
