package org.vsekai.nebula.benchmarks.entities;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.vsekai.nebula.benchmarks.Table;

/** One zone under the same load for long, while sessions and entities come and go: its memory must stay as it is. */
final class Soak {
    /** Intervals that are left out at the beginning, as buffers and caches are filled then. */
    private static final double WARM_UP = 0.25;

    /** Of growth between the two halves of what is left, as a part and in bytes. */
    private static final double TOLERATED = 0.05;

    private static final long TOLERATED_BYTES = 2 << 20;

    /** @param liveBytes used after a whole collection */
    record Interval(
            double updatesPerSecond,
            double p50Millis,
            double p99Millis,
            long visitors,
            long residentBytes,
            long liveBytes) {}

    record Outcome(List<Interval> intervals, int wrongViews) {
        /** Whether the second half needs more than the first, the beginning apart. */
        boolean isFlat() {
            List<Interval> settled = intervals.subList((int) Math.ceil(WARM_UP * intervals.size()), intervals.size());
            int half = settled.size() / 2;
            double before = meanLive(settled.subList(0, half));
            double after = meanLive(settled.subList(settled.size() - half, settled.size()));
            return after <= before * (1 + TOLERATED) + TOLERATED_BYTES;
        }

        private static double meanLive(List<Interval> of) {
            return of.stream().mapToLong(Interval::liveBytes).average().orElse(0);
        }

        Table table() {
            Table table = new Table("interval", "out/s", "p50 ms", "p99 ms", "visitors", "resident MB", "live heap MB");
            for (int i = 0; i < intervals.size(); i++) {
                Interval interval = intervals.get(i);
                table.row(
                        i + 1,
                        Math.round(interval.updatesPerSecond()),
                        interval.p50Millis(),
                        interval.p99Millis(),
                        interval.visitors(),
                        interval.residentBytes() >> 20,
                        interval.liveBytes() / (double) (1 << 20));
            }
            return table;
        }
    }

    private Soak() {}

    /**
     * @param folder where the server keeps what it writes
     * @param count of intervals, at least 4
     */
    static Outcome run(Scenario scenario, Path home, Path folder, List<String> jvmOptions, Duration interval, int count)
            throws IOException {
        List<Interval> intervals = new ArrayList<>();
        try (EntityServer server = EntityServer.start(home, folder, jvmOptions, scenario.world());
                Crowd crowd = new Crowd(scenario, server, 1)) {
            crowd.gather();
            for (int i = 0; i < count; i++) {
                Crowd.Seen seen = crowd.move(interval, true);
                intervals.add(new Interval(
                        seen.delivered() / (double) interval.toSeconds(),
                        seen.latencies().quantileMillis(0.5),
                        seen.latencies().quantileMillis(0.99),
                        seen.joins().count(),
                        server.residentBytes(),
                        server.liveBytes()));
            }
            EntityServer.pause(Duration.ofSeconds(1));
            return new Outcome(List.copyOf(intervals), crowd.wrongViews());
        }
    }
}
