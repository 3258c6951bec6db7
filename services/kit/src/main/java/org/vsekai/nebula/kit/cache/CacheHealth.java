package org.vsekai.nebula.kit.cache;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Always up, for the service answers without the cache, but says whether it has to. */
@Readiness
class CacheHealth implements AsyncHealthCheck {
    private final CacheCluster cluster;

    CacheHealth(CacheCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("cache").up();
        return Uni.createFrom()
                .item(
                        cluster.isConfigured()
                                ? cluster.findReason()
                                        .map(reason -> answer.withData("state", "degraded")
                                                .withData("reason", reason)
                                                .build())
                                        .orElseGet(() -> answer.withData("state", "in use")
                                                .build())
                                : answer.withData("state", "not configured").build());
    }
}
