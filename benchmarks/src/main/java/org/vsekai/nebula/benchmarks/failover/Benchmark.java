package org.vsekai.nebula.benchmarks.failover;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Medians;
import org.vsekai.nebula.benchmarks.Report;
import org.vsekai.nebula.benchmarks.Table;
import org.vsekai.nebula.benchmarks.ledger.Cluster;
import org.vsekai.nebula.benchmarks.ledger.Sides;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./nebula bench failover}. */
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Kills the leader of three members with SIGKILL while callers write all the time, and prints how long it takes until a",
            "write that began after the kill is committed; of the ledger and of etcd, in turns. The killed member is started again.",
            "Needs etcd on PATH (Debian package etcd-server). Ends with 1 when a call went on behind its deadline.",
            "With --zones it kills the owner of a zone of three nodes instead, and prints how long its sessions see nothing new, and how",
            "old the state is that they are shown then. Needs neither."
        })
public final class Benchmark implements Callable<Integer> {
    @Option(
            names = "--sides",
            split = ",",
            defaultValue = "ledger,etcd",
            description = "What is measured; default ${DEFAULT-VALUE}.")
    private List<String> names = List.of();

    @Option(names = "--zones", description = "Kill a zone's owner, not the ledger's leader.")
    private boolean zones;

    @Option(names = "--rounds", defaultValue = "10", description = "Kills of each side; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--writers",
            defaultValue = "4",
            description = "Callers that write all the time; default ${DEFAULT-VALUE}.")
    private int writers;

    @Option(
            names = "--deadline",
            paramLabel = "MILLISECONDS",
            defaultValue = "100",
            description = "Of a call; what takes longer is tried at the next member; default ${DEFAULT-VALUE}.")
    private int deadlineMillis;

    @Option(
            names = "--folder",
            description =
                    "Where both sides keep their data: a folder on the disk to measure; default the one for temporary files.")
    private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--jvm",
            paramLabel = "OPTION",
            description = "Options of entity-sync's JVM, in place of -XX:+UseSerialGC -Xmx512m.")
    private List<String> jvmOptions = List.of("-XX:+UseSerialGC", "-Xmx512m");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = "target/benchmarks/failover.json",
            description = "Where every figure is written; default ${DEFAULT-VALUE}.")
    private Path json = Path.of("");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a call may be late by on a machine that is busy, when its deadline has passed. */
    private static final Duration LATENESS = Duration.ofMillis(250);

    private final PrintStream out = System.out;
    private final Path home = Path.of(System.getProperty("nebula.home", ".")).toAbsolutePath();

    /**
     * One kill.
     *
     * @param millis from the kill to the first write that began after it and is committed
     * @param longestCallMillis the longest call of the round
     * @param failedCalls that came back without a result
     */
    private record Kill(double millis, double longestCallMillis, long failedCalls) {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory(parent, "nebula-failover-");
        try {
            return zones ? zones(folder) : compare(folder);
        } finally {
            delete(folder);
        }
    }

    private int compare(Path folder) throws IOException {
        Report report = new Report("failover", Clock.systemUTC())
                .put("rounds", rounds)
                .put("writers", writers)
                .put("deadlineMillis", deadlineMillis)
                .put("jvmOptions", jvmOptions);
        Map<String, List<Kill>> kills = new LinkedHashMap<>();
        try (Sides started = Sides.start(names, home, folder, jvmOptions)) {
            List<Cluster> sides = started.all();
            for (Cluster side : sides) {
                kills.put(side.name(), new ArrayList<>());
            }
            for (int round = 0; round < rounds; round++) {
                for (Cluster side : round % 2 == 0 ? sides : sides.reversed()) {
                    Kill kill = kill(side, round);
                    kills.getOrDefault(side.name(), new ArrayList<>()).add(kill);
                    out.printf(
                            "%s %d: %.0f ms, longest call %.0f ms, %d calls failed%n",
                            side.name(), round + 1, kill.millis(), kill.longestCallMillis(), kill.failedCalls());
                }
            }
        }
        Table table = new Table(
                "SIGKILL of the leader to the next committed write",
                "kills",
                "median ms",
                "least ms",
                "most ms",
                "longest call ms");
        boolean late = false;
        for (Map.Entry<String, List<Kill>> side : kills.entrySet()) {
            List<Kill> all = side.getValue();
            double longest = max(all, Kill::longestCallMillis);
            late |= side.getKey().equals("ledger") && longest > deadlineMillis + LATENESS.toMillis();
            table.row(
                    side.getKey(),
                    all.size(),
                    Medians.of(all.stream().mapToDouble(Kill::millis).toArray()),
                    -max(all, kill -> -kill.millis()),
                    max(all, Kill::millis),
                    longest);
            report.add(Map.of("side", side.getKey(), "kills", all));
        }
        out.println();
        out.println(table);
        report.write(json);
        out.println("Every figure: " + json);
        return late ? 1 : 0;
    }

    private int zones(Path folder) throws IOException {
        Report report = new Report("failover", Clock.systemUTC()).put("rounds", rounds);
        Table table = new Table("SIGKILL of a zone's owner", "kills", "median ms", "least ms", "most ms");
        List<ZoneOwners.Kill> kills = new ArrayList<>();
        try (ZoneOwners owners = ZoneOwners.start(home, folder)) {
            for (int round = 0; round < rounds; round++) {
                ZoneOwners.Kill kill = owners.kill();
                kills.add(kill);
                out.printf(
                        "%d: another owns the zone after %d ms, all is seen after %d ms, lost %d ms; leader of the ledger killed too: %s%n",
                        round + 1, kill.ownedMillis(), kill.seenMillis(), kill.lostMillis(), kill.leader());
            }
        }
        row(table, "until another owns it", kills, ZoneOwners.Kill::ownedMillis);
        row(table, "until a session sees every entity", kills, ZoneOwners.Kill::seenMillis);
        row(table, "of volatile changes lost", kills, ZoneOwners.Kill::lostMillis);
        out.println();
        out.println(table);
        report.add(Map.of("kills", kills)).write(json);
        out.println("Every figure: " + json);
        return 0;
    }

    private static void row(
            Table table, String what, List<ZoneOwners.Kill> kills, ToDoubleFunction<ZoneOwners.Kill> figure) {
        double[] figures = kills.stream().mapToDouble(figure).sorted().toArray();
        table.row(what, figures.length, Medians.of(figures), figures[0], figures[figures.length - 1]);
    }

    private Kill kill(Cluster side, int round) throws IOException {
        Duration deadline = Duration.ofMillis(deadlineMillis);
        int leader = side.leader();
        try (Writers running = new Writers(side, writers, deadline, Integer.toString(round))) {
            if (!running.awaitWrite(PATIENCE)) {
                throw new IOException(side.name() + " takes no writes");
            }
            // Until every caller has found a member that answers, its first calls are no measure of anything.
            for (int i = 0; i < 100; i++) {
                running.awaitWrite(PATIENCE);
            }
            running.forgetLongestCall();
            side.kill(leader);
            if (!running.awaitWrite(PATIENCE)) {
                throw new IOException(side.name() + " took no write for " + PATIENCE);
            }
            Kill kill = new Kill(running.millis(), running.longestCallMillis(), running.failed());
            side.restart(leader);
            return kill;
        }
    }

    private static double max(List<Kill> kills, ToDoubleFunction<Kill> figure) {
        return kills.stream().mapToDouble(figure).max().orElseThrow();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
