package org.vsekai.nebula.sync.memory;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.sync.zone.ZoneMeters;

/** Figures of zones' rounds, with the zone's name as a tag. Thread-safe. */
@ApplicationScoped
class MemoryMetrics {
    private static final String PREFIX = "nebula.zone.memory.";

    private final MeterRegistry registry;

    MemoryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Until the zone ends. */
    void register(RunningZone zone, RoundTimes times) {
        ZoneMeters meters = new ZoneMeters(registry, zone, PREFIX);
        meters.gauge(
                "age.seconds",
                "Since the newest complete round, or the zone's beginning",
                times,
                RoundTimes::ageSeconds);
        meters.count("rounds", "Complete rounds", times, RoundTimes::count);
        meters.count("pages", "Pages written", times, RoundTimes::pages);
        meters.count("bytes", "Bytes of those", times, RoundTimes::bytes);
        meters.count("round.seconds", "How long complete rounds took in all", times, RoundTimes::seconds);
        meters.count("failures", "Rounds that failed", times, RoundTimes::failures);
        meters.untilEnd();
    }

    /** A header or a page that was not there or not whole. Stays after the zone. */
    void countDamaged(ZoneName zone, int count) {
        Counter.builder(PREFIX + "damaged")
                .description("Headers and pages that were missing or not whole when a zone was loaded")
                .tag("zone", zone.toString())
                .register(registry)
                .increment(count);
    }
}
