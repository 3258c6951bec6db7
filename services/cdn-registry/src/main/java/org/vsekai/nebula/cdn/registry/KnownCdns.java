package org.vsekai.nebula.cdn.registry;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All CDNs as last read from the database, so that players' calls need none. What was read too long ago is not used any
 * more. Thread-safe.
 */
@ApplicationScoped
public class KnownCdns {
    private record Reading(List<Cdn> cdns, Instant at) {}

    private final RegistryConfig config;
    private final Clock clock;
    private volatile @Nullable Reading last;

    KnownCdns(RegistryConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    void replace(List<Cdn> cdns) {
        last = new Reading(List.copyOf(cdns), clock.instant());
    }

    /** The CDNs in no particular order; empty if none were read recently enough. */
    public Optional<List<Cdn>> find() {
        Reading reading = last;
        return reading == null || reading.at().plus(config.maxAge()).isBefore(clock.instant())
                ? Optional.empty()
                : Optional.of(reading.cdns());
    }
}
