package org.vsekai.nebula.sync.zone;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
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
        ZoneMeters meters = new ZoneMeters(registry, zone, "nebula.zone.");
        ZoneStatistics statistics = zone.statistics();
        meters.gauge("entities", "Entities in the zone", statistics, ZoneStatistics::entities);
        meters.gauge("sessions", "Sessions, those whose client is away included", statistics, ZoneStatistics::sessions);
        meters.count("frames.in", "Frames from sessions", statistics, ZoneStatistics::framesIn);
        meters.count("frames.out", "Frames to sessions", statistics, ZoneStatistics::framesOut);
        meters.count("bytes.out", "Bytes of those", statistics, ZoneStatistics::bytesOut);
        meters.count("updates.in", "Changes from sessions", statistics, ZoneStatistics::updatesIn);
        meters.count("updates.out", "Changes told", statistics, ZoneStatistics::updatesOut);
        meters.count("refusals", "Parts of frames not done", statistics, ZoneStatistics::refusals);
        meters.count(
                "deferred.cells",
                "Cells told later, for a session's budget",
                statistics,
                ZoneStatistics::deferredCells);
        meters.count(
                "skipped.frames",
                "Frames left out, as a connection took no more",
                statistics,
                ZoneStatistics::skippedFrames);
        String dropped = "Sessions that the zone ended";
        meters.count("dropped.sessions", dropped, statistics, ZoneStatistics::droppedSlow, "reason", "slow");
        meters.count("dropped.sessions", dropped, statistics, ZoneStatistics::droppedFast, "reason", "fast");
        meters.count("dropped.sessions", dropped, statistics, ZoneStatistics::droppedInvalid, "reason", "invalid");

        StepTimes steps = zone.times();
        for (double part : new double[] {0.5, 0.99, 0.999}) {
            meters.gauge(
                    "step.quantile.seconds",
                    "What this part of the steps did not take longer than, from when they were due",
                    steps,
                    times -> times.quantileNanos(part) / NANOS_PER_SECOND,
                    "quantile",
                    Double.toString(part));
        }
        meters.count("steps", "Steps", steps, StepTimes::count);
        meters.count(
                "step.seconds",
                "How long they took in all, from when they were due",
                steps,
                times -> times.totalNanos() / NANOS_PER_SECOND);
        meters.count("steps.late", "Steps that ended after the next was due", steps, StepTimes::late);
        meters.count("ticks.skipped", "Ticks left out to catch up", steps, StepTimes::skipped);
        meters.count("frames.shed", "Frames not taken, as too many waited", steps, StepTimes::shed);
        meters.untilEnd();
    }
}
