package org.vsekai.nebula.cdn.registry;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Down until the CDNs have been read, and again when that was too long ago: until then no ranking can be answered. */
@Readiness
class CdnsKnownCheck implements HealthCheck {
    private final KnownCdns known;

    CdnsKnownCheck(KnownCdns known) {
        this.known = known;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("cdns-known")
                .status(known.find().isPresent())
                .build();
    }
}
