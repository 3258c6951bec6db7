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
    /**
     * What was read.
     *
     * @param generation grows when a reading differs from the one before; what is worked out from this one holds as long
     * @param cdns in no particular order
     */
    public record Reading(long generation, List<Cdn> cdns, Instant at) {}

    private final RegistryConfig config;
    private final Clock clock;
    private volatile @Nullable Reading last;

    KnownCdns(RegistryConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    synchronized void replace(List<Cdn> cdns) {
        Reading before = last;
        boolean isSame = before != null && before.cdns().equals(cdns);
        long generation = before == null ? 1 : isSame ? before.generation() : before.generation() + 1;
        last = new Reading(generation, List.copyOf(cdns), clock.instant());
    }

    /** The CDNs in no particular order; empty if none were read recently enough. */
    public Optional<List<Cdn>> find() {
        return findReading().map(Reading::cdns);
    }

    /** The last reading; empty if there was none recently enough. */
    public Optional<Reading> findReading() {
        Reading reading = last;
        return reading == null || reading.at().plus(config.maxAge()).isBefore(clock.instant())
                ? Optional.empty()
                : Optional.of(reading);
    }
}
