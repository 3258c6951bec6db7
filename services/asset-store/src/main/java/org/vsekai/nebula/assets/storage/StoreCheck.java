package org.vsekai.nebula.assets.storage;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Down while the store's folder cannot be written. */
@Readiness
class StoreCheck implements HealthCheck {
    private final StoreFolder folder;

    StoreCheck(StoreFolder folder) {
        this.folder = folder;
    }

    @Override
    public HealthCheckResponse call() {
        return folder.findFault()
                .map(fault -> HealthCheckResponse.named("store")
                        .down()
                        .withData("reason", fault)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up("store"));
    }
}
