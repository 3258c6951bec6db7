package org.vsekai.nebula.client.entities;

/**
 * Hears what happens to a session. All of it is called on the session's thread, one call after another, and must not hold that thread up.
 * What a call throws ends the session with it.
 */
public interface SessionListener {
    /**
     * The session takes part in the zone from now on, and its view has begun anew. What the session owns is in {@code zone}; whatever must
     * hold of it should be told again, as what was sent just before a loss may not have arrived.
     *
     * @param again whether it did so before; handles of another epoch mean nothing any more
     */
    default void joined(EntitySession session, JoinedZone zone, boolean again) {}

    /** A frame was applied to the view. */
    default void received(EntitySession session, ZoneView view) {}

    /** The zone did not do a part of what was sent, other than a creation. */
    default void refused(EntitySession session, Refusal refusal) {}

    /** Another session asks for an entity that this one owns; {@link EntitySession#releaseAuthority} hands it over. */
    default void authorityAsked(EntitySession session, int handle, int by) {}

    /** This session owns the entity now. */
    default void authorityGranted(EntitySession session, int handle) {}

    /**
     * This session no longer owns the entity.
     *
     * @param owner the session that does; 0: nobody
     */
    default void authorityTaken(EntitySession session, int handle, int owner) {}

    /** The stream was lost, and the session tries to join again. */
    default void interrupted(EntitySession session, EntityClientException cause) {}
}
