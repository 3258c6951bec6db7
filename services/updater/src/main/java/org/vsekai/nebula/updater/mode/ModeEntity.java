package org.vsekai.nebula.updater.mode;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A row of {@code modes}. */
@Entity
@Table(name = "modes")
@NullUnmarked // Hibernate fills the fields.
class ModeEntity {
    @Id
    UUID id;

    @Column(nullable = false, updatable = false)
    String name;

    @Column(name = "is_active", nullable = false)
    boolean active;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "update_to")
    @Nullable
    ModeEntity updateTo;

    @Column(name = "inserted_at", nullable = false, updatable = false)
    Instant insertedAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Column(nullable = false)
    long revision;

    /** Needs {@code updateTo} to have been fetched. */
    Mode toMode() {
        return new Mode(
                id,
                new ModeName(name),
                active,
                Optional.ofNullable(updateTo).map(target -> new ModeName(target.name)),
                insertedAt,
                updatedAt,
                revision);
    }
}
