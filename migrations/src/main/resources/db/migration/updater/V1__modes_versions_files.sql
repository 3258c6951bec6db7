-- One dialect for PostgreSQL and CockroachDB. Times are UTC; ids are random UUIDs made by the service.

CREATE TABLE modes (
    id UUID NOT NULL PRIMARY KEY,
    name VARCHAR(63) NOT NULL,
    is_active BOOLEAN NOT NULL,
    -- The mode whose versions this mode's players get; null: its own.
    update_to UUID,
    inserted_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- Grows with every change; entity tags are made of it.
    revision BIGINT NOT NULL,
    CONSTRAINT modes_name_key UNIQUE (name),
    CONSTRAINT modes_update_to_fkey FOREIGN KEY (update_to) REFERENCES modes (id)
);

CREATE INDEX modes_update_to_idx ON modes (update_to);

CREATE TABLE versions (
    id UUID NOT NULL PRIMARY KEY,
    version VARCHAR(255) NOT NULL,
    skip_update BOOLEAN NOT NULL,
    -- Relative to asset-store: manifests/{sha256}.json
    manifest_file_uri VARCHAR(255) NOT NULL,
    mode_id UUID NOT NULL,
    inserted_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- SemVer 2.0.0 precedence as bytes: their order is its order, and equal precedence is equal bytes.
    precedence BYTEA NOT NULL,
    -- {sha256}.caidx
    index_name VARCHAR(70) NOT NULL,
    archive_bytes BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    CONSTRAINT versions_mode_id_precedence_key UNIQUE (mode_id, precedence),
    CONSTRAINT versions_mode_id_fkey FOREIGN KEY (mode_id) REFERENCES modes (id)
);

CREATE TABLE files (
    id UUID NOT NULL PRIMARY KEY,
    file_name TEXT NOT NULL,
    -- Relative to asset-store: indexes/{sha256}.caidx#{percent-encoded path}
    file_uri TEXT NOT NULL,
    -- sha256:{64 hex digits}
    file_checksum_hash VARCHAR(80) NOT NULL,
    version_id UUID NOT NULL,
    -- Place in the archive, from 0. Paths themselves are too long for an index.
    position BIGINT NOT NULL,
    CONSTRAINT files_version_id_position_key UNIQUE (version_id, position),
    CONSTRAINT files_version_id_fkey FOREIGN KEY (version_id) REFERENCES versions (id)
);
