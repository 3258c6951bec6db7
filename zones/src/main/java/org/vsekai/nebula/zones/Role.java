package org.vsekai.nebula.zones;

/** As what a session takes part. */
public enum Role {
    /** Changes what it owns. */
    PLAYER,
    /** Changes nothing. */
    OBSERVER,
    /** May own and delete everything. */
    SERVER
}
