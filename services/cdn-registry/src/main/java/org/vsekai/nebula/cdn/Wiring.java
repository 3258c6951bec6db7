package org.vsekai.nebula.cdn;

import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.vsekai.nebula.cdn.address.AddressConfig;
import org.vsekai.nebula.cdn.address.AddressPolicy;
import org.vsekai.nebula.cdn.address.SystemHostResolver;
import org.vsekai.nebula.cdn.probe.ProbeConfig;
import org.vsekai.nebula.cdn.probe.Prober;

/** Makes beans of the classes that know nothing of the framework. */
class Wiring {
    @Produces
    @Singleton
    SystemHostResolver resolver(AddressConfig config) {
        return new SystemHostResolver(config.resolveTimeout(), config.resolveConcurrency());
    }

    void close(@Disposes SystemHostResolver resolver) {
        resolver.close();
    }

    @Produces
    @Singleton
    AddressPolicy addressPolicy(SystemHostResolver resolver, AddressConfig config) {
        return new AddressPolicy(resolver, config.allowLoopback(), config.allowPrivate());
    }

    @Produces
    @Singleton
    Prober prober(Vertx vertx, AddressPolicy policy, ProbeConfig config) {
        return new Prober(vertx, policy, config.deadline());
    }

    void close(@Disposes Prober prober) {
        prober.close();
    }
}
