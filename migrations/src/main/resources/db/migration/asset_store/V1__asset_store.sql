-- What the store's files do not say of themselves.

CREATE TABLE asset_store.indexes (
    name VARCHAR(80) NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    chunk_count BIGINT NOT NULL,
    blob_size BIGINT NOT NULL,
    digest VARCHAR(16) NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL
);

-- An index, and every chunk that it names, stays as long as an owner pins it.
CREATE TABLE asset_store.pins (
    id UUID NOT NULL PRIMARY KEY,
    index_name VARCHAR(80) NOT NULL REFERENCES asset_store.indexes (name),
    owner VARCHAR(200) NOT NULL,
    state VARCHAR(16) NOT NULL CHECK (state IN ('PENDING', 'CONFIRMED')),
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pins_owner UNIQUE (owner)
);

CREATE INDEX pins_by_age ON asset_store.pins (inserted_at, id);

CREATE INDEX pins_by_index ON asset_store.pins (index_name);

CREATE TABLE asset_store.uploads (
    id UUID NOT NULL PRIMARY KEY,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE INDEX uploads_by_expiry ON asset_store.uploads (expires_at);

-- Chunks that an open upload counts on: 32-byte ids, concatenated, some thousands to a row.
CREATE TABLE asset_store.upload_chunks (
    id UUID NOT NULL PRIMARY KEY,
    upload_id UUID NOT NULL REFERENCES asset_store.uploads (id) ON DELETE CASCADE,
    chunk_ids BYTEA NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE INDEX upload_chunks_by_upload ON asset_store.upload_chunks (upload_id);
