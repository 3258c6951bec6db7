package org.vsekai.nebula.sync.database;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.vsekai.nebula.sync.zone.RunningZone;

/** Figures of a zone's flushes, for as long as the zone runs here, with its name as a tag. Thread-safe. */
@ApplicationScoped
class FlushMetrics {
    private static final String PREFIX = "nebula.zone.database.";

    private final MeterRegistry registry;

    FlushMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Until the zone ends. */
    void register(RunningZone zone, Flushes flushes) {
        Tags tags = Tags.of("zone", zone.name().toString());
        List<Meter> meters = new ArrayList<>();
        meters.add(count(tags, flushes, "flushes", "Flushes that were completed", Flushes::count));
        meters.add(count(tags, flushes, "rows", "Rows that they changed", Flushes::rows));
        meters.add(count(tags, flushes, "flush.seconds", "How long they took in all", Flushes::seconds));
        meters.add(count(tags, flushes, "failures", "Flushes that were not", Flushes::failures));
        meters.add(Gauge.builder(PREFIX + "lag.seconds", flushes, Flushes::lagSeconds)
                .description("How long ago everything that there was had reached the database")
                .tags(tags)
                .register(registry));
        var unused = zone.ended().thenRun(() -> meters.forEach(registry::remove));
    }

    private Meter count(Tags tags, Flushes of, String name, String description, ToDoubleFunction<Flushes> value) {
        return FunctionCounter.builder(PREFIX + name, of, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
