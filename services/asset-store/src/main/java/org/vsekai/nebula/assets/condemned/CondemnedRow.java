package org.vsekai.nebula.assets.condemned;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "Condemned")
@Table(name = "condemned", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class CondemnedRow {
    @Id
    UUID id;

    @Column(name = "run_id", nullable = false)
    UUID runId;

    @Column(name = "chunk_ids", nullable = false)
    byte[] chunkIds;

    @Column(name = "file_names", nullable = false)
    String fileNames;

    long size;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;
}
