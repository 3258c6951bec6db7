-- What entities of zones keep in the database: the persistent ones, each as it was when it was written last.

-- A row is newer than another if (crossings, epoch, sequence) is larger. `deleted` says that the entity is gone: it keeps what is older
-- from coming back. 32-bit numbers by name, as INT has 64 bits in CockroachDB.
CREATE TABLE entity_sync.entities (
    id UUID NOT NULL PRIMARY KEY,
    zone VARCHAR(80) NOT NULL,
    -- Millimetres from the zone's corner.
    x INT4 NOT NULL,
    y INT4 NOT NULL,
    z INT4 NOT NULL,
    -- The 32 bits of "smallest three".
    rotation INT4 NOT NULL,
    -- How often it went from one zone to another.
    crossings INT4 NOT NULL,
    -- The token of the zone's claim under which it was written, and the tick.
    epoch BIGINT NOT NULL,
    sequence INT4 NOT NULL,
    deleted BOOLEAN NOT NULL,
    -- Fields `Component`, number 1, of a protobuf message: those that are durable or bulk.
    components BYTEA NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE INDEX entities_by_zone ON entity_sync.entities (zone, id);

CREATE INDEX entities_deleted ON entity_sync.entities (zone, updated_at) WHERE deleted;

-- The fencing token of whoever wrote a resource last. A transaction that carries an older one fails. Rows stay for ever:
-- a writer may wake up at any time.
CREATE TABLE entity_sync.fence (
    resource VARCHAR(512) NOT NULL PRIMARY KEY,
    token BIGINT NOT NULL
);
