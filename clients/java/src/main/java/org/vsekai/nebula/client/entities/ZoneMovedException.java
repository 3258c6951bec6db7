package org.vsekai.nebula.client.entities;

/** The zone's epoch ended where the session was. The session joins again, at the address it was told. */
public final class ZoneMovedException extends EntityClientException {
    ZoneMovedException(String message) {
        super("ZONE_MOVED", message, null);
    }
}
