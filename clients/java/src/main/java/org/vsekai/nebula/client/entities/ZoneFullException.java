package org.vsekai.nebula.client.entities;

/** The zone has as many sessions as it may. A first join is over; trying again later makes sense. */
public final class ZoneFullException extends EntityClientException {
    ZoneFullException(String message) {
        super("ZONE_FULL", message, null);
    }
}
