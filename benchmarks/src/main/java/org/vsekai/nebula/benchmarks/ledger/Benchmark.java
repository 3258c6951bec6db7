package org.vsekai.nebula.benchmarks.ledger;

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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Medians;
import org.vsekai.nebula.benchmarks.Report;
import org.vsekai.nebula.benchmarks.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./nebula bench ledger}. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes to three members of the ledger and to three of etcd, in turns, on one disk with every write synced:",
            "compare-and-put on keys of their own, and one counter that all callers add to. One gRPC connection, to the leader,",
            "carries all callers of a side. Then counts syncs in a run of its own, and measures one log beside the bare disk.",
            "Needs etcd on PATH (Debian package etcd-server); strace for the counts."
        })
public final class Benchmark implements Callable<Integer> {
    @Option(
            names = "--sides",
            split = ",",
            defaultValue = "ledger,etcd",
            description = "What is measured; default ${DEFAULT-VALUE}.")
    private List<String> names = List.of();

    @Option(
            names = "--callers",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,16,64",
            description = "Callers, each of which waits for its write; default ${DEFAULT-VALUE}.")
    private List<Integer> callers = List.of();

    @Option(names = "--rounds", defaultValue = "3", description = "Turns of each side; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = "Length of a turn; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "With 64 callers before the first turn, for each side; default ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--count-seconds",
            defaultValue = "4",
            description = "Length of a run under strace; default ${DEFAULT-VALUE}, 0: none.")
    private int countSeconds;

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
            defaultValue = "target/benchmarks/ledger.json",
            description = "Where every figure is written; default ${DEFAULT-VALUE}.")
    private Path json = Path.of("");

    private final PrintStream out = System.out;
    private final Path home = Path.of(System.getProperty("nebula.home", ".")).toAbsolutePath();

    private enum Workload {
        DISTINCT("compare-and-put, keys of their own"),
        HOT("one hot counter");

        private final String title;

        Workload(String title) {
            this.title = title;
        }

        /** @param run makes names new, so that no run finds what an earlier one left */
        List<Operation> callers(Client client, int count, String run) {
            return IntStream.range(0, count)
                    .mapToObj(i ->
                            this == HOT ? client.hot("hot/" + run) : client.distinct("own/%s/%d".formatted(run, i)))
                    .toList();
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory(parent, "nebula-ledger-");
        try {
            return compare(folder);
        } finally {
            delete(folder);
        }
    }

    private int compare(Path folder) throws IOException {
        Report report = new Report("ledger", Clock.systemUTC())
                .put("rounds", rounds)
                .put("seconds", seconds)
                .put("warmUpSeconds", warmUp)
                .put("jvmOptions", jvmOptions);
        long failures = 0;
        try (Sides started = Sides.start(names, home, folder, jvmOptions)) {
            List<Cluster> sides = started.all();
            out.printf("three members of each side below %s; %d rounds of %d s in turns%n%n", folder, rounds, seconds);
            for (Cluster side : sides) {
                for (Workload workload : Workload.values()) {
                    load(side, workload, 64, Duration.ofSeconds(warmUp).dividedBy(2), "warm");
                }
            }
            Table table = new Table(
                    "Writes", "callers", "side", "writes/s", "p50 ms", "p99 ms", "failures", "ledger has times");
            for (Workload workload : Workload.values()) {
                for (int count : callers) {
                    failures += compare(sides, workload, count, table, report);
                }
            }
            out.println(table);
            countSyncs(sides, folder, report);
        }
        Table log = new Table("One writer, 256 bytes", "writes/s");
        new LogSpeed(folder.resolve("log-speed"), Duration.ofSeconds(Math.max(1, seconds / 2)))
                .run(rounds)
                .forEach((name, rate) -> {
                    log.row(name, rate);
                    report.put(name, rate);
                });
        out.println(log);
        report.write(json);
        out.println("Every figure: " + json);
        return failures == 0 ? 0 : 1;
    }

    private long compare(List<Cluster> sides, Workload workload, int count, Table table, Report report)
            throws IOException {
        Map<String, List<Load>> loads = new LinkedHashMap<>();
        for (Cluster side : sides) {
            loads.put(side.name(), new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (Cluster side : round % 2 == 0 ? sides : sides.reversed()) {
                loads.getOrDefault(side.name(), new ArrayList<>())
                        .add(load(side, workload, count, Duration.ofSeconds(seconds), count + "-" + round));
            }
        }
        List<Load> ours = loads.getOrDefault("ledger", List.of());
        long failures = 0;
        for (Map.Entry<String, List<Load>> side : loads.entrySet()) {
            List<Load> runs = side.getValue();
            long failed = runs.stream().mapToLong(Load::failures).sum();
            failures += failed;
            double ratio = ratio(ours, runs);
            table.row(
                    workload.title,
                    count,
                    side.getKey(),
                    median(runs, Load::writesPerSecond),
                    median(runs, Load::p50Millis),
                    median(runs, Load::p99Millis),
                    failed,
                    ratio);
            report.add(Map.of(
                    "workload", workload, "callers", count, "side", side.getKey(), "ledgerRatio", ratio, "runs", runs));
        }
        return failures;
    }

    private static Load load(Cluster side, Workload workload, int count, Duration length, String run)
            throws IOException {
        try (Client client = side.connect(side.leader())) {
            return Load.run(workload.callers(client, count, run), length);
        }
    }

    private void countSyncs(List<Cluster> sides, Path folder, Report report) throws IOException {
        if (countSeconds <= 0) {
            return;
        }
        if (!SyncCount.isInstalled()) {
            out.println("no syncs are counted: strace is not on PATH");
            return;
        }
        Table table =
                new Table("Syncs of all three, under strace -fc", "callers", "side", "writes", "syncs", "syncs/write");
        for (int count : callers) {
            for (Cluster side : sides) {
                try (SyncCount syncs = new SyncCount(side.processes(), folder)) {
                    Load load = load(side, Workload.DISTINCT, count, Duration.ofSeconds(countSeconds), "count" + count);
                    long counted = syncs.count();
                    table.row(
                            Workload.DISTINCT.title,
                            count,
                            side.name(),
                            load.writes(),
                            counted,
                            (double) counted / load.writes());
                    report.add(
                            Map.of("syncs", counted, "writes", load.writes(), "callers", count, "side", side.name()));
                }
            }
        }
        out.println(table);
    }

    private static double median(List<Load> loads, ToDoubleFunction<Load> figure) {
        return Medians.of(loads.stream().mapToDouble(figure).toArray());
    }

    /** The median over rounds, so that what else the machine did in a round met both. */
    private static double ratio(List<Load> ours, List<Load> theirs) {
        if (ours.isEmpty()) {
            return Double.NaN;
        }
        double[] ratios = new double[Math.min(ours.size(), theirs.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours.get(i).writesPerSecond() / theirs.get(i).writesPerSecond();
        }
        return Medians.of(ratios);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
