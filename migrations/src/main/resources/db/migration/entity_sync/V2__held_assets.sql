-- Assets that a zone may have a reference to in asset-store, for entities that name them. A row is there before the reference is made, and
-- until it is gone, so that whoever owns the zone next lets go of what nothing names any more.
CREATE TABLE entity_sync.held_assets (
    zone VARCHAR(80) NOT NULL,
    asset UUID NOT NULL,
    PRIMARY KEY (zone, asset)
);
