package org.vsekai.nebula.assets.collect;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "Lease")
@Table(name = "leases", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class LeaseRow {
    /** The one lease there is. */
    static final String NAME = "maintenance";

    @Id
    String name;

    @Column(nullable = false)
    UUID holder;

    @Column(name = "expires_at", nullable = false)
    Instant expiresAt;
}
