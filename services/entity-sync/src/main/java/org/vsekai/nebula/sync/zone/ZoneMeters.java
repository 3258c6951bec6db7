package org.vsekai.nebula.sync.zone;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Meters of one zone, with its name as a tag, that go when the zone ends. To be filled by one thread, and closed by {@link #untilEnd}. */
public final class ZoneMeters {
    private final MeterRegistry registry;
    private final RunningZone zone;
    private final String prefix;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();

    /** @param prefix of each meter's name, with the dot at its end */
    public ZoneMeters(MeterRegistry registry, RunningZone zone, String prefix) {
        this.registry = registry;
        this.zone = zone;
        this.prefix = prefix;
        this.tags = Tags.of("zone", zone.name().toString());
    }

    /** @param more keys and values of tags beside the zone's */
    public <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value, String... more) {
        meters.add(Gauge.builder(prefix + name, of, value)
                .description(description)
                .tags(tags.and(more))
                .register(registry));
    }

    /** @param more keys and values of tags beside the zone's */
    public <T> void count(String name, String description, T of, ToDoubleFunction<T> value, String... more) {
        meters.add(FunctionCounter.builder(prefix + name, of, value)
                .description(description)
                .tags(tags.and(more))
                .register(registry));
    }

    /** All are registered, and are removed when the zone ends. */
    public void untilEnd() {
        var unused = zone.ended().thenRun(() -> meters.forEach(registry::remove));
    }
}
