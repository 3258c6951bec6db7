package org.vsekai.nebula.assets.index;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity(name = "StoredIndex")
@Table(name = "indexes", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class IndexRow {
    @Id
    String name;

    long size;

    @Column(name = "chunk_count")
    long chunkCount;

    @Column(name = "blob_size")
    long blobSize;

    String digest;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;

    /** When something last needed it; absent: not since it was inserted. */
    @Column(name = "used_at")
    @Nullable
    Instant usedAt;
}
