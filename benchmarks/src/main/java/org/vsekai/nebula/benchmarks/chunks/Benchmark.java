package org.vsekai.nebula.benchmarks.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.benchmarks.Measurement;
import org.vsekai.nebula.benchmarks.Program;
import org.vsekai.nebula.benchmarks.Report;
import org.vsekai.nebula.benchmarks.Table;
import org.vsekai.nebula.benchmarks.Turns;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./nebula bench chunks}. */
@Command(
        name = "chunks",
        mixinStandardHelpOptions = true,
        description = {
            "Compares the launcher with desync and casync: make, extract, verify, and extract with a seed that must be cut.",
            "Every run is a fresh process; the sides take turns. Data are fetched once by pip and npm, or given.",
            "On disk, desync counts with the sync(1) that makes its chunks durable, as ours are; without it in a row of its own."
        })
public final class Benchmark implements Callable<Integer> {
    private static final long MEMORY_BLOB = 4L << 30;
    private static final long MEMORY_LIMIT = 256L << 20;
    private static final double MAKE_TARGET = 0.6;
    private static final double EXTRACT_TARGET = 0.8;
    private static final double STORED_TARGET = 1.02;

    @Option(names = "--data", paramLabel = "FILE", description = "An archive to use instead of fetched ones.")
    private @Nullable Path data;

    @Option(
            names = "--old",
            paramLabel = "FILE",
            description = "Its older version, the seed. Default: the archive itself.")
    private @Nullable Path old;

    @Option(
            names = "--set",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "pyside6-addons,panda3d,swc",
            description = "Which data to fetch and use. Default: ${DEFAULT-VALUE}.")
    private List<String> sets = List.of();

    @Option(
            names = "--verbs",
            split = ",",
            defaultValue = "make,extract,verify,verify-store,seed",
            description = "What to compare. Default: ${DEFAULT-VALUE}.")
    private List<String> verbs = List.of();

    @Option(
            names = "--cpus",
            split = ";",
            defaultValue = "0;0,1",
            description = "Processors to pin to, sets separated by semicolons. Default: ${DEFAULT-VALUE}.")
    private List<String> cpus = List.of();

    @Option(
            names = "--places",
            split = ",",
            defaultValue = "memory,disk",
            description = "memory (/dev/shm), disk (the cache folder). Default: ${DEFAULT-VALUE}.")
    private List<String> places = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "Runs of each side. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--memory", description = "Only measure the memory that a blob of 4 GiB takes.")
    private boolean memory;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            defaultValue = "${sys:user.home}/.cache/nebula-benchmarks",
            description = "Where data are kept, and the disk. Default: ${DEFAULT-VALUE}.")
    private Path cache = Path.of("");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = "target/bench-chunks.json",
            description = "Where all runs are written. Default: ${DEFAULT-VALUE}.")
    private Path json = Path.of("");

    private final List<Tool> tools =
            Stream.of(Tool.values()).filter(Tool::isThere).toList();
    private final Table table = new Table(
            "data, place, cores, work",
            "side",
            "wall s",
            "cpu s",
            "peak MiB",
            "wall/desync",
            "cpu/desync",
            "physical cpu s");
    private final Table stored = new Table("data", "ours, stored bytes", "desync", "ratio", "target");
    private final List<String> missed = new ArrayList<>();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (!tools.contains(Tool.OURS) || !tools.contains(Tool.DESYNC)) {
            throw new IOException(
                    "the launcher must be built (./nebula build), and desync must be in target/tools or on PATH"
                            + " (./nebula test builds it); found " + tools);
        }
        Files.createDirectories(cache);
        Report report = new Report("chunks", Clock.systemUTC())
                .put("rounds", rounds)
                .put("tools", tools.stream().map(Tool::title).toList());
        List<Dataset> datasets = data == null
                ? Dataset.fetch(sets, cache)
                : List.of(new Dataset(String.valueOf(data.getFileName()), old == null ? data : old, data));
        if (memory) {
            memory(datasets.getFirst(), report);
        } else {
            for (Dataset dataset : datasets) {
                for (String place : places) {
                    compare(dataset, place, report);
                }
            }
            System.out.printf("%n%s%n%s", table, stored);
            missed.forEach(target -> System.out.println("missed: " + target));
        }
        report.write(json);
        System.out.println("All runs: " + json.toAbsolutePath());
        return 0;
    }

    /** The files of one comparison; each tool has its own store, index and output. */
    private record Work(Dataset dataset, boolean onDisk, Path folder) {
        Path store(Tool tool) {
            return folder.resolve("store-" + tool.title());
        }

        Path index(Tool tool) {
            return folder.resolve(tool.title() + ".caibx");
        }

        Path seedIndex(Tool tool) {
            return folder.resolve(tool.title() + "-seed.caibx");
        }

        Path out(Tool tool) {
            return folder.resolve("out-" + tool.title());
        }
    }

    private void compare(Dataset dataset, String place, Report report) throws IOException {
        boolean onDisk = place.equals("disk");
        Path folder = Files.createTempDirectory(onDisk ? cache : Path.of("/dev/shm"), "nebula-bench-");
        try {
            Dataset here = new Dataset(
                    dataset.name(),
                    Files.copy(dataset.older(), folder.resolve("old")),
                    Files.copy(dataset.newer(), folder.resolve("new"), StandardCopyOption.REPLACE_EXISTING));
            Work work = new Work(here, onDisk, folder);
            PhysicalSum physical = PhysicalSum.of(here.newer(), Files.createDirectory(folder.resolve("physical")));
            report.add(Map.of(
                    "data", dataset.name(), "place", place, "bytes", Files.size(here.newer()), "physical", physical));
            for (Tool tool : tools) {
                prepareStore(work, tool);
                tool.make(work.store(tool), work.index(tool), here.newer())
                        .orElseThrow()
                        .measure();
            }
            stored(dataset, work, report);
            corrupt(work);
            for (String cores : cpus) {
                for (String verb : verbs) {
                    String title = "%s, %s, %s, %s".formatted(dataset.name(), place, cores, verb);
                    System.err.println(title + " ...");
                    Turns turns = new Turns();
                    for (Tool tool : tools) {
                        side(work, tool, verb, cores).ifPresent(side -> addSide(turns, tool, side, work));
                    }
                    record(title, verb, turns.run(rounds), physical, report);
                }
            }
        } finally {
            Program.of("rm", "-rf", folder.toString()).measure();
        }
    }

    private static void addSide(Turns turns, Tool tool, Turns.Side side, Work work) {
        turns.add(tool.title(), side);
        if (tool == Tool.DESYNC && work.onDisk) {
            turns.add("desync+sync", () -> side.run().then(Program.of("sync").measure()));
        }
    }

    private Optional<Turns.Side> side(Work work, Tool tool, String verb, String cores) throws IOException {
        Dataset dataset = work.dataset;
        return switch (verb) {
            case "make" ->
                tool.make(work.store(tool), work.index(tool), dataset.newer()).map(program -> () -> {
                    prepareStore(work, tool);
                    settle(work);
                    return program.on(cores).measure();
                });
            case "extract" ->
                tool.extract(work.store(tool), work.index(tool), work.out(tool)).map(program -> () -> {
                    Files.deleteIfExists(work.out(tool));
                    settle(work);
                    Measurement run = program.on(cores).measure();
                    check(work, tool);
                    return run;
                });
            case "verify" ->
                tool.verifyFile(work.index(tool), dataset.newer())
                        .map(program -> () -> program.on(cores).measure());
            case "verify-store" ->
                tool.verifyStore(work.store(tool))
                        .map(program -> () -> program.on(cores).measure());
            case "seed" -> {
                List<Program> programs = tool.rechunk(
                        work.store(tool), work.index(tool), dataset.older(), work.seedIndex(tool), work.out(tool));
                yield Optional.of(() -> {
                    Files.deleteIfExists(work.out(tool));
                    Files.deleteIfExists(work.seedIndex(tool));
                    settle(work);
                    Measurement run = programs.getFirst().on(cores).measure();
                    for (Program next : programs.subList(1, programs.size())) {
                        run = run.then(next.on(cores).measure());
                    }
                    check(work, tool);
                    return run;
                });
            }
            default -> throw new IOException("there is no work called " + verb);
        };
    }

    private static void prepareStore(Work work, Tool tool) throws IOException {
        Program.of("rm", "-rf", work.store(tool).toString()).measure();
        Files.createDirectories(work.store(tool));
    }

    /** What earlier runs left to be written must not be waited for by the next. */
    private static void settle(Work work) throws IOException {
        if (work.onDisk) {
            Program.of("sync").measure();
        }
    }

    private static void check(Work work, Tool tool) throws IOException {
        if (Files.mismatch(work.out(tool), work.dataset.newer()) >= 0) {
            throw new IOException(tool.title() + " extracted something else than went in");
        }
    }

    private void stored(Dataset dataset, Work work, Report report) throws IOException {
        long ours = Tool.storedBytes(work.store(Tool.OURS));
        long desync = Tool.storedBytes(work.store(Tool.DESYNC));
        double ratio = (double) ours / desync;
        if (!work.onDisk || places.size() == 1) {
            stored.row(dataset.name(), ours, desync, String.format(Locale.ROOT, "%.3f", ratio), "<= " + STORED_TARGET);
        }
        target(dataset.name() + ": stored bytes", ratio, STORED_TARGET);
        report.add(Map.of("data", dataset.name(), "stored_ours", ours, "stored_desync", desync));
    }

    /** One chunk is replaced by a sound frame of other bytes: nothing but its digest can tell, so ours must fail. */
    private static void corrupt(Work work) throws IOException {
        ChunkIndex index = ChunkIndexCodec.read(work.index(Tool.OURS));
        int victim = index.chunkCount() / 2;
        ChunkId id = index.id(victim);
        try (LocalChunkStore store = new LocalChunkStore(work.store(Tool.OURS))) {
            byte[] sound = store.getStored(id, ChunkCodec.maxStoredBytes(index.length(victim)));
            byte[] plain = ChunkCodec.verify(id, index.digest(), sound, index.length(victim), store.name());
            plain[plain.length / 2] ^= 1;
            Files.write(store.path(id), ChunkCodec.compress(plain, 0, plain.length));
            for (Program program : List.of(
                    Tool.OURS
                            .extract(work.store(Tool.OURS), work.index(Tool.OURS), work.out(Tool.OURS))
                            .orElseThrow(),
                    Tool.OURS.verifyStore(work.store(Tool.OURS)).orElseThrow())) {
                if (program.run().exitCode() == 0) {
                    throw new IOException("a corrupt chunk was not noticed by " + program.command());
                }
            }
            Files.write(store.path(id), sound);
        }
        try (Stream<Path> parts = Files.list(work.folder)) {
            for (Path part :
                    (Iterable<Path>) parts.filter(path -> path.toString().endsWith(".part"))::iterator) {
                Files.delete(part);
            }
        }
    }

    private void record(
            String title, String verb, Map<String, List<Measurement>> runs, PhysicalSum physical, Report report) {
        // What is durable is compared with what is durable.
        String peer = runs.containsKey("desync+sync") ? "desync+sync" : "desync";
        List<Measurement> theirs = runs.getOrDefault(peer, List.of());
        double alone =
                switch (verb) {
                    case "make" -> physical.make();
                    case "extract" -> physical.extract();
                    case "verify-store" -> physical.verifyStore();
                    case "verify" -> physical.hash();
                    default -> physical.cut() + physical.extract();
                };
        runs.forEach((side, measured) -> {
            Measurement median = Measurement.median(measured);
            double wall = Turns.wallRatio(measured, theirs);
            double cpu = median.cpuSeconds() / Measurement.median(theirs).cpuSeconds();
            table.row(
                    title,
                    side,
                    median.wallSeconds(),
                    median.cpuSeconds(),
                    median.peakBytes() / 1048576.0,
                    wall,
                    cpu,
                    alone);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("work", title);
            result.put("side", side);
            result.put("wall_ratio", wall);
            result.put("cpu_ratio", cpu);
            result.put("median", median);
            result.put("runs", measured);
            report.add(result);
            if (side.equals("ours") && (verb.equals("make") || verb.equals("extract"))) {
                target(title, wall, verb.equals("make") ? MAKE_TARGET : EXTRACT_TARGET);
            }
        });
    }

    private void target(String what, double ratio, double target) {
        if (ratio > target) {
            missed.add("%s: %.2f, target %.2f".formatted(what, ratio, target));
        }
    }

    /** Makes and extracts a blob of 4 GiB whose chunks all differ. */
    private void memory(Dataset dataset, Report report) throws IOException {
        Path folder = Files.createTempDirectory(cache, "nebula-bench-");
        try {
            Path blob = LargeBlob.write(dataset.newer(), folder.resolve("large"), MEMORY_BLOB);
            Table peaks = new Table("work on 4 GiB", "side", "wall s", "cpu s", "peak MiB");
            for (Tool tool : tools) {
                Work work = new Work(new Dataset("large", blob, blob), true, folder);
                prepareStore(work, tool);
                for (String verb : List.of("make", "extract")) {
                    Measurement run =
                            side(work, tool, verb, "0,1").orElseThrow().run();
                    double peak = run.peakBytes() / 1048576.0;
                    peaks.row(verb, tool.title(), run.wallSeconds(), run.cpuSeconds(), peak);
                    report.add(Map.of("work", verb, "side", tool.title(), "run", run));
                    if (tool == Tool.OURS && run.peakBytes() > MEMORY_LIMIT) {
                        missed.add("%s of 4 GiB: %.0f MiB, target 256 MiB".formatted(verb, peak));
                    }
                }
                Program.of(
                                "rm",
                                "-rf",
                                work.store(tool).toString(),
                                work.out(tool).toString())
                        .measure();
            }
            System.out.printf("%n%s", peaks);
            missed.forEach(target -> System.out.println("missed: " + target));
        } finally {
            Program.of("rm", "-rf", folder.toString()).measure();
        }
    }
}
