package org.vsekai.nebula.client.entities;

/**
 * Hears what changes in a {@link ZoneView} while a frame is applied to it. It may read the view and must not apply frames to it. What it
 * throws ends {@link ZoneView#apply}, and with it the session whose view it is.
 */
public interface ViewListener {
    /** An entity is in the view that was not. */
    default void entered(ZoneView view, int slot) {}

    /** Something of an entity was told; several times in a frame if several things were. */
    default void changed(ZoneView view, int slot) {}

    /** An entity leaves the view, and its values can be read for the last time. */
    default void left(ZoneView view, int slot) {}
}
