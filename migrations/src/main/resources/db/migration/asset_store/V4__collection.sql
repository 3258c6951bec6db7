-- Garbage collection and verification of the store.

-- When something last needed an index; absent: not since it was inserted.
ALTER TABLE asset_store.indexes ADD COLUMN used_at TIMESTAMP WITH TIME ZONE;

-- Indexes that an open upload counts on. The upload may name one before it is there.
CREATE TABLE asset_store.upload_indexes (
    id UUID NOT NULL PRIMARY KEY,
    upload_id UUID NOT NULL REFERENCES asset_store.uploads (id) ON DELETE CASCADE,
    index_name VARCHAR(80) NOT NULL,
    CONSTRAINT upload_indexes_name UNIQUE (upload_id, index_name)
);

CREATE INDEX upload_indexes_by_index ON asset_store.upload_indexes (index_name);

CREATE INDEX upload_chunks_by_age ON asset_store.upload_chunks (inserted_at);

CREATE INDEX indexes_by_age ON asset_store.indexes (inserted_at);

-- What is being deleted: gone for everybody from the moment it stands here, and gone from the store when it no longer does.
CREATE TABLE asset_store.condemned (
    id UUID NOT NULL PRIMARY KEY,
    run_id UUID NOT NULL,
    -- 32-byte ids, concatenated.
    chunk_ids BYTEA NOT NULL,
    -- Paths below the store's root, separated by line feeds.
    file_names TEXT NOT NULL,
    size BIGINT NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL
);

-- Runs of the collector and the verifier.
CREATE TABLE asset_store.maintenance_runs (
    id UUID NOT NULL PRIMARY KEY,
    kind VARCHAR(16) NOT NULL CHECK (kind IN ('COLLECTION', 'VERIFICATION')),
    state VARCHAR(16) NOT NULL CHECK (state IN ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    delete_garbage BOOLEAN NOT NULL,
    grace_seconds BIGINT NOT NULL,
    repair_from VARCHAR(2000),
    phase VARCHAR(32) NOT NULL,
    -- A JSON object of numbers.
    figures TEXT NOT NULL,
    report TEXT NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE INDEX maintenance_runs_by_age ON asset_store.maintenance_runs (inserted_at, id);

CREATE INDEX maintenance_runs_by_state ON asset_store.maintenance_runs (state);

-- At most one instance works on a run at a time.
CREATE TABLE asset_store.leases (
    name VARCHAR(32) NOT NULL PRIMARY KEY,
    holder UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL
);
