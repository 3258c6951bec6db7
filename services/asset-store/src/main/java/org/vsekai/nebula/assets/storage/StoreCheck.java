package org.vsekai.nebula.assets.storage;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Down while the store cannot be written; says where it is and what is wrong. */
@Readiness
class StoreCheck implements HealthCheck {
    private final StoreFolder folder;

    StoreCheck(StoreFolder folder) {
        this.folder = folder;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("store").withData("place", folder.name());
        return folder.findFault()
                .map(fault -> answer.down().withData("reason", fault))
                .orElseGet(answer::up)
                .build();
    }
}
