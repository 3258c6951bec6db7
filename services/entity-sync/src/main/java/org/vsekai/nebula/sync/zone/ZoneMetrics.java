package org.vsekai.nebula.sync.zone;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.vsekai.nebula.zones.ZoneStatistics;

/** A zone's figures, for as long as this node owns it, with the zone's name as a tag. Thread-safe. */
@ApplicationScoped
class ZoneMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private final MeterRegistry registry;

    ZoneMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Until the zone ends. */
    void register(ZoneThread zone) {
        Tags tags = Tags.of("zone", zone.name().toString());
        List<Runnable> removals = new ArrayList<>();
        Gauge entities = Gauge.builder("nebula.zone.entities", zone.statistics(), ZoneStatistics::entities)
                .description("Entities in the zone")
                .tags(tags)
                .register(registry);
        Gauge sessions = Gauge.builder("nebula.zone.sessions", zone.statistics(), ZoneStatistics::sessions)
                .description("Sessions, those whose client is away included")
                .tags(tags)
                .register(registry);
        removals.add(() -> registry.remove(entities));
        removals.add(() -> registry.remove(sessions));
        for (double part : new double[] {0.5, 0.99, 0.999}) {
            Gauge quantile = Gauge.builder(
                            "nebula.zone.step.quantile.seconds",
                            zone.times(),
                            times -> times.quantileNanos(part) / NANOS_PER_SECOND)
                    .description("What this part of the steps did not take longer than, from when they were due")
                    .tags(tags.and("quantile", Double.toString(part)))
                    .register(registry);
            removals.add(() -> registry.remove(quantile));
        }
        count(zone.statistics(), tags, removals, "frames.in", "Frames from sessions", ZoneStatistics::framesIn);
        count(zone.statistics(), tags, removals, "frames.out", "Frames to sessions", ZoneStatistics::framesOut);
        count(zone.statistics(), tags, removals, "bytes.out", "Bytes of those", ZoneStatistics::bytesOut);
        count(zone.statistics(), tags, removals, "updates.in", "Changes from sessions", ZoneStatistics::updatesIn);
        count(zone.statistics(), tags, removals, "updates.out", "Changes told", ZoneStatistics::updatesOut);
        count(zone.statistics(), tags, removals, "refusals", "Parts of frames not done", ZoneStatistics::refusals);
        count(
                zone.statistics(),
                tags,
                removals,
                "deferred.cells",
                "Cells told later, for a session's budget",
                ZoneStatistics::deferredCells);
        count(
                zone.statistics(),
                tags,
                removals,
                "skipped.frames",
                "Frames left out, as a connection took no more",
                ZoneStatistics::skippedFrames);
        count(
                zone.statistics(),
                tags.and("reason", "slow"),
                removals,
                "dropped.sessions",
                "Sessions that the zone ended",
                ZoneStatistics::droppedSlow);
        count(
                zone.statistics(),
                tags.and("reason", "fast"),
                removals,
                "dropped.sessions",
                "Sessions that the zone ended",
                ZoneStatistics::droppedFast);
        count(
                zone.statistics(),
                tags.and("reason", "invalid"),
                removals,
                "dropped.sessions",
                "Sessions that the zone ended",
                ZoneStatistics::droppedInvalid);
        count(zone.times(), tags, removals, "steps", "Steps", StepTimes::count);
        count(
                zone.times(),
                tags,
                removals,
                "step.seconds",
                "How long they took in all, from when they were due",
                times -> times.totalNanos() / NANOS_PER_SECOND);
        count(zone.times(), tags, removals, "steps.late", "Steps that ended after the next was due", StepTimes::late);
        count(zone.times(), tags, removals, "ticks.skipped", "Ticks left out to catch up", StepTimes::skipped);
        count(zone.times(), tags, removals, "frames.shed", "Frames not taken, as too many waited", StepTimes::shed);
        var unused = zone.ended().thenRun(() -> removals.forEach(Runnable::run));
    }

    private <T> void count(
            T of, Tags tags, List<Runnable> removals, String name, String description, ToDoubleFunction<T> value) {
        FunctionCounter counter = FunctionCounter.builder("nebula.zone." + name, of, value)
                .description(description)
                .tags(tags)
                .register(registry);
        removals.add(() -> registry.remove(counter));
    }
}
