package org.vsekai.nebula.client.entities;

/** There is no such zone in this world. The session is over. */
public final class ZoneNotFoundException extends EntityClientException {
    ZoneNotFoundException(String message) {
        super("ZONE_NOT_FOUND", message, null);
    }
}
