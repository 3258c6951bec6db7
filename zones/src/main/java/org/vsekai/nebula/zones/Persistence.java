package org.vsekai.nebula.zones;

/** How long a component's value is kept. */
public enum Persistence {
    /** The newest value while the zone lives. */
    VOLATILE,
    /** Reaches the database. */
    DURABLE,
    /** Names an asset, which is held while the entity is there. */
    BULK
}
