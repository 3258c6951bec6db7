package org.vsekai.nebula.assets.pin;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "Pin")
@Table(name = "pins", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class PinRow {
    @Id
    UUID id;

    @Column(name = "index_name", nullable = false)
    String indexName;

    @Column(nullable = false)
    String owner;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    Pin.State state;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;
}
