package org.vsekai.nebula.sync.memory;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.sync.zone.RunningZone;

/** Figures of zones' rounds, with the zone's name as a tag. Thread-safe. */
@ApplicationScoped
class MemoryMetrics {
    private final MeterRegistry registry;

    MemoryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Until the zone ends. */
    void register(RunningZone zone, RoundTimes times) {
        Tags tags = tags(zone.name());
        List<Runnable> removals = new ArrayList<>();
        Gauge age = Gauge.builder("nebula.zone.memory.age.seconds", times, RoundTimes::ageSeconds)
                .description("Since the newest complete round, or the zone's beginning")
                .tags(tags)
                .register(registry);
        removals.add(() -> registry.remove(age));
        count(times, tags, removals, "rounds", "Complete rounds", RoundTimes::rounds);
        count(times, tags, removals, "pages", "Pages written", RoundTimes::pages);
        count(times, tags, removals, "bytes", "Bytes of those", RoundTimes::bytes);
        count(times, tags, removals, "round.seconds", "How long complete rounds took in all", RoundTimes::seconds);
        count(times, tags, removals, "failures", "Rounds that failed", RoundTimes::failures);
        var unused = zone.ended().thenRun(() -> removals.forEach(Runnable::run));
    }

    /** A header or a page that was not there or not whole. Stays after the zone. */
    void countDamaged(ZoneName zone, int count) {
        Counter.builder("nebula.zone.memory.damaged")
                .description("Headers and pages that were missing or not whole when a zone was loaded")
                .tags(tags(zone))
                .register(registry)
                .increment(count);
    }

    private static Tags tags(ZoneName zone) {
        return Tags.of("zone", zone.toString());
    }

    private void count(
            RoundTimes times,
            Tags tags,
            List<Runnable> removals,
            String name,
            String description,
            ToDoubleFunction<RoundTimes> value) {
        FunctionCounter counter = FunctionCounter.builder("nebula.zone.memory." + name, times, value)
                .description(description)
                .tags(tags)
                .register(registry);
        removals.add(() -> registry.remove(counter));
    }
}
