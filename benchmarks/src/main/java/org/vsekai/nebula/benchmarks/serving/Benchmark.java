package org.vsekai.nebula.benchmarks.serving;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Medians;
import org.vsekai.nebula.benchmarks.Program;
import org.vsekai.nebula.benchmarks.Report;
import org.vsekai.nebula.benchmarks.Table;
import org.vsekai.nebula.parts.EmbeddedPostgres;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./nebula bench serving}. */
@Command(
        name = "serving",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Loads asset-store, nginx and desync's chunk-server with wrk, in turns, over the same chunks of real software.",
            "Needs nginx, wrk and taskset on PATH; desync there or in the folder of -Dnebula.tools.",
            "Ends with 1 when a request failed."
        })
public final class Benchmark implements Callable<Integer> {
    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "What is cut into the chunks that are served; by default the class library of the JDK that runs this.")
    private Path data = Path.of(System.getProperty("java.home"), "lib", "modules");

    @Option(names = "--connections", defaultValue = "16", description = "Connections of wrk; default ${DEFAULT-VALUE}.")
    private int connections;

    @Option(names = "--rounds", defaultValue = "5", description = "Turns of each server; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = "Length of a turn; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "REQUESTS",
            defaultValue = "200000",
            description = {
                "Requests to each server before the first turn, for a minute at most, so that a JVM has compiled what it",
                "runs; default ${DEFAULT-VALUE}."
            })
    private long warmUp;

    @Option(
            names = "--jvm",
            paramLabel = "OPTION",
            description = "Options of asset-store's JVM, in place of those in docs/operators.md.")
    private List<String> jvmOptions = List.of("-XX:+UseSerialGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = "target/benchmarks/serving.json",
            description = "Where every figure is written; default ${DEFAULT-VALUE}.")
    private Path json = Path.of("");

    private static final Duration WARM_UP_LIMIT = Duration.ofMinutes(1);

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger MIGRATIONS_LOG = Logger.getLogger("org.flywaydb");

    private final PrintStream out = System.out;
    private final Path home = Path.of(System.getProperty("nebula.home", ".")).toAbsolutePath();

    private enum Mix {
        GET("GET", 0),
        KNOWN("half of them If-None-Match, answered with 304", 50);

        private final String title;
        private final int knownPercent;

        Mix(String title, int knownPercent) {
            this.title = title;
            this.knownPercent = knownPercent;
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        MIGRATIONS_LOG.setLevel(Level.WARNING);
        Path folder = Files.createTempDirectory("nebula-serving-");
        try {
            return compare(folder);
        } finally {
            delete(folder);
        }
    }

    private int compare(Path folder) throws IOException {
        Path store = folder.resolve("store");
        Path script = folder.resolve("chunks.lua");
        try (InputStream in = Objects.requireNonNull(Benchmark.class.getResourceAsStream("chunks.lua"))) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        List<Path> chunks = makeStore(folder, store);
        long bytes = 0;
        for (Path chunk : chunks) {
            bytes += Files.size(chunk);
        }
        List<String> names = chunks.stream()
                .map(chunk -> "/" + store.resolve("chunks").relativize(chunk))
                .toList();
        Path paths = Files.write(
                folder.resolve("paths"),
                names.stream().map(name -> "/chunks" + name).toList());
        Path desyncPaths = Files.write(folder.resolve("desync-paths"), names);
        out.printf(
                "%d chunks of %s, %d bytes stored, %d on average; %d connections, %d rounds of %d s%n",
                chunks.size(), data, bytes, bytes / chunks.size(), connections, rounds, seconds);
        Report report = new Report("serving", Clock.systemUTC())
                .put("data", data.toString())
                .put("chunks", chunks.size())
                .put("storedBytes", bytes)
                .put("connections", connections)
                .put("rounds", rounds)
                .put("seconds", seconds)
                .put("jvmOptions", jvmOptions);
        long errors = 0;
        try (EmbeddedPostgres database = EmbeddedPostgres.start()) {
            for (Layout layout : Layout.of(Runtime.getRuntime().availableProcessors())) {
                try (Servers servers = new Servers(folder, store, names.getFirst(), layout)) {
                    servers.startNginx();
                    servers.startDesync(desync());
                    servers.startAssetStore(jar(), jvmOptions, database);
                    for (Mix mix : Mix.values()) {
                        errors += compare(servers, layout, mix, script, paths, desyncPaths, report);
                    }
                }
            }
        }
        report.write(json);
        out.println("Every figure: " + json);
        return errors == 0 ? 0 : 1;
    }

    private List<Path> makeStore(Path folder, Path store) throws IOException {
        Path launcher = home.resolve("launcher/target/nebula-launcher-0.1.0-all.jar");
        Program.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        launcher.toString(),
                        "chunks",
                        "make",
                        "-s",
                        store.resolve("chunks").toString(),
                        folder.resolve("data.caibx").toString(),
                        data.toString())
                .measure();
        try (Stream<Path> files = Files.walk(store.resolve("chunks"))) {
            return files.filter(file -> file.toString().endsWith(".cacnk"))
                    .sorted()
                    .toList();
        }
    }

    private Path jar() throws IOException {
        Path jar = home.resolve("services/asset-store/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is missing: run ./nebula build");
        }
        return jar;
    }

    private static Path desync() {
        Path given = Path.of(System.getProperty("nebula.tools", ""), "desync");
        return Files.isExecutable(given) ? given : Path.of("desync");
    }

    private long compare(
            Servers servers, Layout layout, Mix mix, Path script, Path paths, Path desyncPaths, Report report)
            throws IOException {
        Map<String, List<Load>> loads = new LinkedHashMap<>();
        Map<String, Server> running = new LinkedHashMap<>(servers.running());
        if (mix == Mix.KNOWN) {
            running.remove(Servers.DESYNC); // It knows no conditions.
        }
        LoadOnce loadOnce = name -> Load.run(
                Objects.requireNonNull(running.get(name)),
                layout,
                script,
                name.equals(Servers.DESYNC) ? desyncPaths : paths,
                mix.knownPercent,
                connections,
                seconds);
        for (String name : running.keySet()) {
            warmUp(name, loadOnce);
        }
        for (int round = 0; round < rounds; round++) {
            List<String> turn = new ArrayList<>(running.keySet());
            for (String name : round % 2 == 0 ? turn : turn.reversed()) {
                loads.computeIfAbsent(name, key -> new ArrayList<>()).add(loadOnce.run(name));
            }
        }
        out.printf(
                "%n%s; server on processors %s, wrk on %s (%s)%n%n",
                mix.title, layout.server(), layout.client(), layout.name());
        Table table =
                new Table("Server", "requests/s", "CPU µs/request", "p50 ms", "p99 ms", "errors", "asset-store has");
        List<Load> ours = loads.getOrDefault(Servers.ASSET_STORE, List.of());
        long errors = 0;
        for (Map.Entry<String, List<Load>> side : loads.entrySet()) {
            List<Load> theirs = side.getValue();
            long failed = theirs.stream().mapToLong(Load::errors).sum();
            errors += failed;
            double ratio = ratio(ours, theirs);
            table.row(
                    side.getKey(),
                    median(theirs, Load::requestsPerSecond),
                    median(theirs, Load::cpuMicros),
                    median(theirs, Load::p50Millis),
                    median(theirs, Load::p99Millis),
                    failed,
                    "%.2fx".formatted(ratio));
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("layout", layout);
            result.put("mix", mix.title);
            result.put("server", side.getKey());
            result.put("requestsPerSecond", median(theirs, Load::requestsPerSecond));
            result.put("cpuMicros", median(theirs, Load::cpuMicros));
            result.put("p50Millis", median(theirs, Load::p50Millis));
            result.put("p99Millis", median(theirs, Load::p99Millis));
            result.put("errors", failed);
            result.put("assetStoreRatio", ratio);
            result.put("runs", theirs);
            report.add(result);
        }
        out.print(table);
        return errors;
    }

    @FunctionalInterface
    private interface LoadOnce {
        Load run(String server) throws IOException;
    }

    private void warmUp(String server, LoadOnce load) throws IOException {
        long end = System.nanoTime() + WARM_UP_LIMIT.toNanos();
        double answered = 0;
        while (answered < warmUp && System.nanoTime() < end) {
            answered += load.run(server).requestsPerSecond() * seconds;
        }
    }

    private static double median(List<Load> loads, ToDoubleFunction<Load> figure) {
        return Medians.of(loads.stream().mapToDouble(figure).toArray());
    }

    /** The median over rounds, so that what else the machine did in a round met both. */
    private static double ratio(List<Load> ours, List<Load> theirs) {
        double[] ratios = new double[Math.min(ours.size(), theirs.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours.get(i).requestsPerSecond() / theirs.get(i).requestsPerSecond();
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
