package org.vsekai.nebula.sync.database;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneMeters;

/** Figures of a zone's flushes, for as long as the zone runs here, with its name as a tag. Thread-safe. */
@ApplicationScoped
class FlushMetrics {
    private final MeterRegistry registry;

    FlushMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Until the zone ends. */
    void register(RunningZone zone, Flushes flushes) {
        ZoneMeters meters = new ZoneMeters(registry, zone, "nebula.zone.database.");
        meters.count("flushes", "Flushes that were completed", flushes, Flushes::count);
        meters.count("rows", "Rows that they changed", flushes, Flushes::rows);
        meters.count("flush.seconds", "How long they took in all", flushes, Flushes::seconds);
        meters.count("failures", "Flushes that were not", flushes, Flushes::failures);
        meters.gauge(
                "lag.seconds",
                "How long ago everything that there was had reached the database",
                flushes,
                Flushes::ageSeconds);
        meters.untilEnd();
    }
}
