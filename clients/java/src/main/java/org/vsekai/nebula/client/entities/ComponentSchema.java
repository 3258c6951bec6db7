package org.vsekai.nebula.client.entities;

/**
 * A named component that entities of a zone may have.
 *
 * @param number on the wire, not 0
 * @param largest bytes of a value
 * @param isPublic whether it goes into snapshots that everybody may read
 */
public record ComponentSchema(int number, String name, int largest, Persistence persistence, boolean isPublic) {
    /** How long a component's value is kept. */
    public enum Persistence {
        /** In a way that this library does not know. */
        UNSPECIFIED,
        /** The newest value while the zone lives; survives one node. */
        VOLATILE,
        /** Reaches the database. */
        DURABLE,
        /** The id of an asset, which is held while the entity is there. */
        BULK
    }
}
