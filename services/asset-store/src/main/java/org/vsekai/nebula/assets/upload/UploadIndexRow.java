package org.vsekai.nebula.assets.upload;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

@Entity(name = "UploadIndex")
@Table(name = "upload_indexes", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class UploadIndexRow {
    @Id
    UUID id;

    @Column(name = "upload_id", nullable = false)
    UUID uploadId;

    @Column(name = "index_name", nullable = false)
    String indexName;
}
