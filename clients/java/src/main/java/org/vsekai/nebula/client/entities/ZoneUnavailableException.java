package org.vsekai.nebula.client.entities;

import java.time.Duration;

/** The session could not join, or not again, within its patience. It is over; the cause is what the last attempt failed with. */
public final class ZoneUnavailableException extends EntityClientException {
    ZoneUnavailableException(String zone, Duration patience, EntityClientException last) {
        super(
                "ZONE_UNAVAILABLE",
                "zone %s could not be joined within %d ms: %s".formatted(zone, patience.toMillis(), last.getMessage()),
                last);
    }
}
