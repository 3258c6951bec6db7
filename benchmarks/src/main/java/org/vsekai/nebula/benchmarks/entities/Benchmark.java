package org.vsekai.nebula.benchmarks.entities;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Report;
import org.vsekai.nebula.benchmarks.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./nebula bench entities}. */
@Command(
        name = "entities",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Loads entity-sync with sessions and, in the same places and in turns, Colyseus with its own (needs Node.js and npm).",
            "Every session must have seen exactly what it should: a run where one has not is void. Ends with 1 then."
        })
public final class Benchmark implements Callable<Integer> {
    private enum Place {
        ROOM,
        NEIGHBOURHOOD,
        CITY,
        CHURN,
        RELEVANCE,
        SOAK
    }

    @Option(
            names = "--place",
            split = ",",
            description = "${COMPLETION-CANDIDATES}, separated by commas; all but soak by default.")
    private List<Place> places = List.of(Place.ROOM, Place.NEIGHBOURHOOD, Place.CITY, Place.CHURN, Place.RELEVANCE);

    @Option(
            names = "--minutes",
            defaultValue = "20",
            description = "Of a soak, at least 4; it ends with 1 when the live heap grows. Default ${DEFAULT-VALUE}.")
    private int minutes;

    @Option(names = "--seconds", defaultValue = "20", description = "That are measured; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Of load before that, so that a JVM has compiled what it runs; default ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(names = "--rounds", defaultValue = "3", description = "Turns of each side; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--ticks",
            defaultValue = "40",
            description = {
                "Ticks a second of room and neighbourhood, whose sessions send 20 times a second: with more, less time lies",
                "between sending and seeing; default ${DEFAULT-VALUE}."
            })
    private int ticks;

    @Option(
            names = "--patch-ms",
            split = ",",
            description = "Milliseconds between two patches of Colyseus: each is run; default 50,25.")
    private List<Integer> patchMillis = List.of(50, 25);

    @Option(names = "--alone", description = "Without Colyseus.")
    private boolean alone;

    @Option(
            names = "--jvm",
            paramLabel = "OPTION",
            description = "Options of entity-sync's JVM, in place of those in docs/operators.md.")
    private List<String> jvmOptions = List.of("-XX:+UseSerialGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = "target/benchmarks/entities.json",
            description = "Where every figure is written; default ${DEFAULT-VALUE}.")
    private Path json = Path.of("");

    private final PrintStream out = System.out;
    private final Path home = Path.of(System.getProperty("nebula.home", ".")).toAbsolutePath();
    private int voidRuns;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Report report = new Report("entities", Clock.systemUTC())
                .put("mode", "JVM")
                .put("seconds", seconds)
                .put("warmUpSeconds", warmUp)
                .put("jvmOptions", jvmOptions);
        for (Place place : places) {
            switch (place) {
                case ROOM -> compare(Scenario.room(300, ticks), report);
                case NEIGHBOURHOOD -> compare(Scenario.neighbourhood(200, ticks), report);
                case CITY -> run(Scenario.city(100_000, 200), report);
                case CHURN -> run(Scenario.churn(200, 20), report);
                case SOAK -> soak(Scenario.churn(100, 10), report);
                case RELEVANCE -> relevance(Scenario.city(100_000, 200), report);
            }
        }
        report.write(json);
        out.println("Every figure: " + json);
        return voidRuns == 0 ? 0 : 1;
    }

    private void compare(Scenario scenario, Report report) throws IOException {
        Table table = table(scenario);
        for (int round = 0; round < rounds; round++) {
            ours(scenario, table, report);
            for (int patch : alone ? List.<Integer>of() : patchMillis) {
                colyseus(scenario, patch, table, report);
            }
        }
        out.print(table);
    }

    private void run(Scenario scenario, Report report) throws IOException {
        Table table = table(scenario);
        ours(scenario, table, report);
        out.print(table);
    }

    private Table table(Scenario scenario) {
        out.printf(
                "%n%s: %d entities, %s; %d sessions, %d updates of each mover a second%n",
                scenario.name(),
                scenario.entities(),
                scenario.what(),
                scenario.owners() + scenario.observers(),
                scenario.rate());
        return new Table(
                "side",
                "in/s",
                "out/s",
                "server cores",
                "out/core s",
                "bytes/update",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "step p99 ms",
                "late",
                "skipped",
                "MB",
                "load cores",
                "views");
    }

    private void ours(Scenario scenario, Table table, Report report) throws IOException {
        Path folder = Files.createTempDirectory("nebula-entities-");
        try (EntityServer server = EntityServer.start(home, folder, jvmOptions, scenario.world());
                Crowd crowd = new Crowd(scenario, server, 1)) {
            crowd.gather();
            crowd.move(Duration.ofSeconds(warmUp), false);
            JsonNode zoneBefore = server.zone();
            double serverBefore = server.cpuSeconds();
            double ownBefore = ownCpuSeconds();
            long begin = System.nanoTime();
            Crowd.Seen seen = crowd.move(Duration.ofSeconds(seconds), true);
            double wall = (System.nanoTime() - begin) / 1e9;
            double serverCpu = server.cpuSeconds() - serverBefore;
            double ownCpu = ownCpuSeconds() - ownBefore;
            JsonNode zone = server.zone();
            EntityServer.pause(Duration.ofSeconds(1));
            int wrong = crowd.wrongViews();
            voidRuns += wrong > 0 ? 1 : 0;
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("place", scenario.name());
            result.put("side", "nebula");
            result.put("ticksPerSecond", scenario.ticksPerSecond());
            result.put("entities", scenario.entities());
            result.put("sessions", scenario.owners() + scenario.observers());
            result.put("meanView", crowd.meanView());
            result.put("sent", seen.sent());
            result.put("delivered", seen.delivered());
            result.put("bytes", seen.bytes());
            result.put("wallSeconds", wall);
            result.put("serverCpuSeconds", serverCpu);
            result.put("loadCpuSeconds", ownCpu);
            result.put("p50Millis", seen.latencies().quantileMillis(0.5));
            result.put("p99Millis", seen.latencies().quantileMillis(0.99));
            result.put("p999Millis", seen.latencies().quantileMillis(0.999));
            result.put("sendLatenessP99Millis", seen.lateness().quantileMillis(0.99));
            result.put("joinP50Millis", seen.joins().quantileMillis(0.5));
            result.put("joinP99Millis", seen.joins().quantileMillis(0.99));
            result.put("joins", seen.joins().count());
            result.put("zone", zone);
            result.put("residentBytes", server.residentBytes());
            result.put("wrongViews", wrong);
            report.add(result);
            table.row(
                    "nebula " + scenario.ticksPerSecond() + " Hz",
                    rounded(seen.sent() / wall),
                    rounded(seen.delivered() / wall),
                    serverCpu / wall,
                    rounded(seen.delivered() / serverCpu),
                    (double) seen.bytes() / seen.delivered(),
                    seen.latencies().quantileMillis(0.5),
                    seen.latencies().quantileMillis(0.99),
                    seen.latencies().quantileMillis(0.999),
                    zone.path("step_p99_micros").asLong() / 1000.0,
                    zone.path("late_steps").asLong()
                            - zoneBefore.path("late_steps").asLong(),
                    zone.path("skipped_ticks").asLong()
                            - zoneBefore.path("skipped_ticks").asLong(),
                    server.residentBytes() >> 20,
                    ownCpu / wall,
                    wrong == 0 ? "right" : wrong + " wrong");
            if (scenario.joinsPerSecond() > 0) {
                out.printf(
                        Locale.ROOT,
                        "%d visitors saw something %.1f ms (median) and %.1f ms (p99) after they came%n",
                        seen.joins().count(),
                        seen.joins().quantileMillis(0.5),
                        seen.joins().quantileMillis(0.99));
            }
        } finally {
            delete(folder);
        }
    }

    private void soak(Scenario scenario, Report report) throws IOException {
        if (minutes < 4) {
            throw new IOException("a soak takes at least 4 minutes, not " + minutes);
        }
        Path folder = Files.createTempDirectory("nebula-entities-");
        try {
            out.printf("%nsoak: %d sessions and entities, all see all; %s%n", scenario.owners(), scenario.what());
            Soak.Outcome outcome = Soak.run(scenario, home, folder, jvmOptions, Duration.ofMinutes(1), minutes);
            out.print(outcome.table());
            out.println(outcome.isFlat() ? "The live heap is flat." : "The live heap GROWS.");
            voidRuns += outcome.isFlat() && outcome.wrongViews() == 0 ? 0 : 1;
            report.add(Map.of(
                    "place",
                    "soak",
                    "intervals",
                    outcome.intervals(),
                    "isFlat",
                    outcome.isFlat(),
                    "wrongViews",
                    outcome.wrongViews()));
        } finally {
            delete(folder);
        }
    }

    private static long rounded(double figure) {
        return Math.round(figure);
    }

    private static double ownCpuSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
    }

    /** The npm project's own driver, which prints one JSON object. */
    private void colyseus(Scenario scenario, int patch, Table table, Report report) throws IOException {
        Path folder = home.resolve("benchmarks/colyseus");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            out.println("Installing Colyseus ...");
            execute(folder, List.of("npm", "ci", "--no-audit", "--no-fund"));
        }
        String printed = execute(
                folder,
                List.of(
                        "node",
                        "run.mjs",
                        "--scenario",
                        scenario.name(),
                        "--sessions",
                        Integer.toString(scenario.owners()),
                        "--entities",
                        Integer.toString(scenario.entities()),
                        "--patch-ms",
                        Integer.toString(patch),
                        "--warmup",
                        Integer.toString(Math.min(warmUp, 10)),
                        "--seconds",
                        Integer.toString(seconds)));
        JsonNode result = new ObjectMapper().readTree(printed);
        report.add(Map.of("place", scenario.name(), "side", "colyseus", "patchMillis", patch, "result", result));
        boolean valid = result.path("valid").asBoolean();
        voidRuns += valid ? 0 : 1;
        double cpu = result.path("serverCpuSeconds").asDouble();
        long delivered = result.path("updatesDelivered").asLong();
        JsonNode latency = result.path("latencyMillis");
        table.row(
                "colyseus " + patch + " ms",
                rounded((double) result.path("updatesIn").asLong() / seconds),
                result.path("deliveredPerSecond").asLong(),
                result.path("serverCores").asDouble(),
                rounded(delivered / cpu),
                result.path("bytesPerDelivered").asDouble(),
                latency.path("p50").asDouble(),
                latency.path("p99").asDouble(),
                latency.path("p99.9").asDouble(),
                "",
                "",
                "",
                result.path("serverResidentMebibytes").asLong(),
                result.path("clientCores").path(0).asDouble(),
                valid ? "right" : "void");
    }

    private static String execute(Path folder, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return printed;
    }

    private void relevance(Scenario scenario, Report report) throws IOException {
        int observers = 1000;
        Relevance.Outcome outcome = Relevance.run(scenario, observers, 20 * warmUp, 20 * seconds);
        out.printf(
                "%nrelevance: %d entities, %s; %d observers, no network, one thread%n",
                scenario.entities(), scenario.what(), observers);
        out.print(
                new Table("step p50 ms", "p99 ms", "p99.9 ms", "input p99 ms", "updates/step", "bytes/update", "cells")
                        .row(
                                outcome.steps().quantileMillis(0.5),
                                outcome.steps().quantileMillis(0.99),
                                outcome.steps().quantileMillis(0.999),
                                outcome.inputs().quantileMillis(0.99),
                                outcome.updates() / outcome.steps().count(),
                                (double) outcome.bytes() / outcome.updates(),
                                outcome.meanOpenCells()));
        report.add(Map.of(
                "place",
                "relevance",
                "entities",
                scenario.entities(),
                "observers",
                observers,
                "p50Millis",
                outcome.steps().quantileMillis(0.5),
                "p99Millis",
                outcome.steps().quantileMillis(0.99),
                "p999Millis",
                outcome.steps().quantileMillis(0.999),
                "updatesPerStep",
                outcome.updates() / outcome.steps().count()));
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.forEach(files::add);
        }
        for (Path file : files.reversed()) {
            Files.delete(file);
        }
    }
}
