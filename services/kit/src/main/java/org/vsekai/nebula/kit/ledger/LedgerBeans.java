package org.vsekai.nebula.kit.ledger;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The client and the lease of a service, made at their first use. */
@ApplicationScoped
class LedgerBeans {
    /** After everything of the service's own: what stops may still want to write. */
    private static final int LAST = 100_000;

    private final LedgerConfig config;
    private final String service;
    private @Nullable LedgerClient client;
    private @Nullable NodeLease lease;

    LedgerBeans(LedgerConfig config, @ConfigProperty(name = "quarkus.application.name") String service) {
        this.config = config;
        this.service = service;
    }

    @Produces
    @ApplicationScoped
    synchronized LedgerClient client() {
        if (client == null) {
            client = LedgerClient.connect(new LedgerEndpoints(
                    config.endpoints().orElse(List.of()),
                    config.token(),
                    config.trust(),
                    config.deadline(),
                    config.attempt(),
                    config.initialBackoff(),
                    config.maxBackoff(),
                    config.maxInFlight()));
        }
        return client;
    }

    @Produces
    @ApplicationScoped
    synchronized NodeLease lease() {
        if (lease == null) {
            lease = NodeLease.start(client(), service, config.leaseTimeToLive());
        }
        return lease;
    }

    synchronized void stop(@Observes @Priority(LAST) ShutdownEvent event) {
        if (lease != null) {
            lease.close();
        }
        if (client != null) {
            client.close();
        }
    }
}
