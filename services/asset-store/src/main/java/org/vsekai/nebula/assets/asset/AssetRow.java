package org.vsekai.nebula.assets.asset;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Asset")
@Table(name = "assets", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class AssetRow {
    @Id
    UUID id;

    @Nullable
    String name;

    @Column(name = "media_type", nullable = false)
    String mediaType;

    long size;

    @Column(name = "\"index\"", nullable = false)
    String indexName;

    @Column(nullable = false)
    String owner;

    @Column(name = "unreferenced_since")
    @Nullable
    Instant unreferencedSince;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    Asset asset() {
        return new Asset(id, name, mediaType, size, indexName, owner, insertedAt, updatedAt);
    }
}
