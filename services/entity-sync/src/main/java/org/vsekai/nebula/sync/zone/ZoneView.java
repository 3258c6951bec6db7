package org.vsekai.nebula.sync.zone;

import org.vsekai.nebula.zones.ZoneStatistics;

/** A zone as JSON. Durations are microseconds, from when a step was due until its last frame was handed over. */
record ZoneView(
        String name,
        long epoch,
        int ticksPerSecond,
        int entities,
        int sessions,
        long ticks,
        long lateSteps,
        long skippedTicks,
        long stepMedianMicros,
        long stepP99Micros,
        long stepP999Micros,
        long framesIn,
        long framesOut,
        long bytesOut,
        long updatesIn,
        long updatesOut,
        long refusals,
        long deferredCells,
        long skippedFrames,
        long droppedSlow,
        long droppedFast,
        long droppedInvalid) {
    static ZoneView of(ZoneThread zone) {
        ZoneStatistics statistics = zone.statistics();
        StepTimes times = zone.times();
        return new ZoneView(
                zone.name().toString(),
                zone.epoch(),
                zone.ticksPerSecond(),
                statistics.entities(),
                statistics.sessions(),
                statistics.ticks(),
                times.late(),
                times.skipped(),
                times.quantileNanos(0.5) / 1000,
                times.quantileNanos(0.99) / 1000,
                times.quantileNanos(0.999) / 1000,
                statistics.framesIn(),
                statistics.framesOut(),
                statistics.bytesOut(),
                statistics.updatesIn(),
                statistics.updatesOut(),
                statistics.refusals(),
                statistics.deferredCells(),
                statistics.skippedFrames(),
                statistics.droppedSlow(),
                statistics.droppedFast(),
                statistics.droppedInvalid());
    }
}
