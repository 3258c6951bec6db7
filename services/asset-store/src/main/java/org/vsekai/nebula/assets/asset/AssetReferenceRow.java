package org.vsekai.nebula.assets.asset;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "AssetReference")
@Table(name = "asset_references", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class AssetReferenceRow {
    @Id
    UUID id;

    @Column(name = "asset_id", nullable = false)
    UUID assetId;

    @Column(nullable = false)
    String holder;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;

    AssetReference reference() {
        return new AssetReference(holder, insertedAt);
    }
}
