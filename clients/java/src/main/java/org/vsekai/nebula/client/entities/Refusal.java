package org.vsekai.nebula.client.entities;

/**
 * A part of a frame that the zone did not do; the rest of the frame was done.
 *
 * @param handle of the entity, or 0
 */
public record Refusal(Reason reason, int handle) {
    /** As in {@code entities.proto}. */
    public enum Reason {
        /** One that this library does not know. */
        UNSPECIFIED,
        NO_SUCH_ENTITY,
        NOT_OWNER,
        NO_SUCH_COMPONENT,
        TOO_LARGE,
        ZONE_FULL,
        ID_TAKEN,
        READ_ONLY,
        /** Of a question for durability: the zone can never promise that level. */
        NO_SUCH_LEVEL
    }
}
