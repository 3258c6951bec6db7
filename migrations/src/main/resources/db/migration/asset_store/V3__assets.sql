-- Bulk data under a name of its own, which may come to stand for other bytes.

-- Quoted, because CockroachDB reserves the word: the .caibx that describes the bytes.
CREATE TABLE asset_store.assets (
    id UUID NOT NULL PRIMARY KEY,
    name VARCHAR(255),
    media_type VARCHAR(255) NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    "index" VARCHAR(80) NOT NULL REFERENCES asset_store.indexes (name),
    owner VARCHAR(200) NOT NULL,
    -- When the last reference went; absent while there is one.
    unreferenced_since TIMESTAMP WITH TIME ZONE,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE INDEX assets_by_index ON asset_store.assets ("index");

CREATE INDEX assets_by_owner ON asset_store.assets (owner, id);

CREATE INDEX assets_by_unreferenced_since ON asset_store.assets (unreferenced_since);

-- Who needs an asset; its owner is the first of them.
CREATE TABLE asset_store.asset_references (
    id UUID NOT NULL PRIMARY KEY,
    asset_id UUID NOT NULL REFERENCES asset_store.assets (id) ON DELETE CASCADE,
    holder VARCHAR(200) NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT asset_references_holder UNIQUE (asset_id, holder)
);
