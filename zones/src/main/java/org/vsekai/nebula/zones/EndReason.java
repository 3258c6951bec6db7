package org.vsekai.nebula.zones;

/** Why the zone ended a session. */
public enum EndReason {
    /** Its client asked, or joined anew with the resume token. */
    LEFT,
    /** It sent more than it may. */
    TOO_FAST,
    /** It read more slowly than is of use. */
    TOO_SLOW,
    /** It sent what is no frame. */
    INVALID_FRAME,
    /** The zone goes on elsewhere. */
    ZONE_MOVED
}
