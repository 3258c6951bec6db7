package org.vsekai.nebula.assets.pack;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Pack")
@Table(name = "packs", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class PackRow {
    enum State {
        WANTED,
        MADE,
        FAILED
    }

    @Id
    UUID id;

    @Column(nullable = false)
    String owner;

    @Column(name = "index_name", nullable = false)
    String indexName;

    @Column(name = "base_index_name", nullable = false)
    String baseIndexName;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    State state;

    @Column(nullable = false)
    int attempts;

    @Column(name = "due_at", nullable = false)
    Instant dueAt;

    @Nullable
    UUID worker;

    @Nullable
    @Column(name = "last_error")
    String lastError;

    @Nullable
    @Column(name = "pack_name")
    String packName;

    @Nullable
    @Column(name = "pack_bytes")
    Long packBytes;

    @Nullable
    @Column(name = "pack_index_name")
    String packIndexName;

    @Nullable
    @Column(name = "pack_index_bytes")
    Long packIndexBytes;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;
}
