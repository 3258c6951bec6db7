-- The packs that are wanted, which is also the queue of those that are still to be made.

CREATE TABLE asset_store.packs (
    id UUID NOT NULL PRIMARY KEY,
    -- For whom: the mode whose versions these are.
    owner VARCHAR(200) NOT NULL,
    index_name VARCHAR(80) NOT NULL,
    -- The index that a delta goes from; empty for an install pack.
    base_index_name VARCHAR(80) NOT NULL,
    state VARCHAR(16) NOT NULL CHECK (state IN ('WANTED', 'MADE', 'FAILED')),
    attempts INTEGER NOT NULL,
    -- When a worker may take it. Whoever works on it keeps moving this on; if the worker dies, another takes it then.
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    -- The worker that took it last.
    worker UUID,
    last_error VARCHAR(300),
    -- SHA-256 of both files, and their sizes; of a MADE one.
    pack_name VARCHAR(64),
    pack_bytes BIGINT,
    pack_index_name VARCHAR(64),
    pack_index_bytes BIGINT,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT packs_target UNIQUE (owner, index_name, base_index_name)
);

CREATE INDEX packs_by_due ON asset_store.packs (state, due_at);

CREATE INDEX packs_by_index ON asset_store.packs (index_name);
