package org.vsekai.nebula.benchmarks.startup;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Measurement;
import org.vsekai.nebula.benchmarks.Medians;
import org.vsekai.nebula.benchmarks.Program;
import org.vsekai.nebula.benchmarks.Report;
import org.vsekai.nebula.benchmarks.Table;
import org.vsekai.nebula.stack.Service;
import org.vsekai.nebula.stack.Stack;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./nebula bench startup}. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts every program as a fresh process, in each form that there is, in turns, and prints how long it takes and the memory it has:",
            "services until they are ready, beside a local stack whose database, cache and ledger they use, and their resident memory three",
            "seconds later; the launcher from start to end of --version, and the most that was resident.",
            "A native form is measured where ./nebula native has built it. Needs Linux."
        })
public final class Benchmark implements Callable<Integer> {
    /** As the Helm chart runs them. */
    private static final List<String> JVM =
            List.of("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError");

    @Option(names = "--rounds", defaultValue = "5", description = "Starts of each; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = "target/benchmarks/startup.json",
            description = "Where every figure is written; default ${DEFAULT-VALUE}.")
    private Path json = Path.of("");

    private final PrintStream out = System.out;
    private final Path home = Path.of(System.getProperty("nebula.home", ".")).toAbsolutePath();

    /** One thing that is started, and what was measured: seconds and bytes. */
    private record Form(String program, String form, Start start, List<Double> seconds, List<Double> bytes) {
        Form(String program, String form, Start start) {
            this(program, form, start, new ArrayList<>(), new ArrayList<>());
        }

        void run() throws IOException {
            ServiceStart measured = start.measure();
            seconds.add(measured.readySeconds());
            bytes.add((double) measured.residentBytes());
        }
    }

    @FunctionalInterface
    private interface Start {
        ServiceStart measure() throws IOException;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("nebula-startup-");
        Report report = new Report("startup", Clock.systemUTC()).put("rounds", rounds);
        Table table = new Table("Program", "form", "median s", "least s", "most s", "MB");
        try (Stack stack = Stack.start(new Stack.Options(home, folder.resolve("stack"), 0, null, null, Map.of()))) {
            List<Form> forms = new ArrayList<>();
            for (Service service : Service.values()) {
                forms.addAll(forms(stack, service, folder.resolve(service.title() + ".log")));
            }
            forms.addAll(launcher());
            for (int round = 0; round < rounds; round++) {
                for (Form form : round % 2 == 0 ? forms : forms.reversed()) {
                    form.run();
                }
            }
            for (Form form : forms) {
                double[] seconds = array(form.seconds());
                table.row(
                        form.program(),
                        form.form(),
                        Medians.of(seconds),
                        form.seconds().stream().min(Comparator.naturalOrder()).orElseThrow(),
                        form.seconds().stream().max(Comparator.naturalOrder()).orElseThrow(),
                        Medians.of(array(form.bytes())) / 1e6);
                report.add(Map.of(
                        "program",
                        form.program(),
                        "form",
                        form.form(),
                        "seconds",
                        form.seconds(),
                        "bytes",
                        form.bytes()));
            }
        } finally {
            delete(folder);
        }
        out.println(table);
        report.write(json);
        out.println("Every figure: " + json);
        return 0;
    }

    private static double[] array(List<Double> figures) {
        return figures.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private List<Form> forms(Stack stack, Service service, Path log) throws IOException {
        String jar = home.resolve("services/" + service.title() + "/target/quarkus-app/quarkus-run.jar")
                .toString();
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put("JVM", jvm(List.of(), jar));
        commands.put("JVM, first compiler only", jvm(List.of("-XX:TieredStopAtLevel=1"), jar));
        runner(service).ifPresent(program -> commands.put("native", List.of(program.toString())));
        List<Form> forms = new ArrayList<>();
        commands.forEach((name, command) ->
                forms.add(new Form(service.title(), name, () -> ServiceStart.measure(stack, service, command, log))));
        return forms;
    }

    private List<Form> launcher() throws IOException {
        Path target = home.resolve("launcher/target");
        List<Form> forms = new ArrayList<>();
        forms.add(launcher(
                "JVM",
                jvm(List.of(), target.resolve("nebula-launcher-0.1.0-all.jar").toString())));
        // The script that starts a JVM, or the program that a native build has put in its place.
        Path program = target.resolve("vsekai");
        forms.add(launcher(isScript(program) ? "JVM with its AOT cache" : "native", List.of(program.toString())));
        return forms;
    }

    private static boolean isScript(Path program) throws IOException {
        try (InputStream content = Files.newInputStream(program)) {
            return content.read() == '#';
        }
    }

    private static Form launcher(String form, List<String> command) {
        List<String> line = new ArrayList<>(command);
        line.add("--version");
        return new Form("launcher", form, () -> {
            Measurement measured = Program.of(line).measure();
            return new ServiceStart(measured.wallSeconds(), measured.peakBytes());
        });
    }

    private static List<String> jvm(List<String> more, String jar) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(more);
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-jar", jar));
        return command;
    }

    private Optional<Path> runner(Service service) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("services/" + service.title() + "/target"))) {
            return files.filter(file -> file.getFileName().toString().endsWith("-runner"))
                    .findFirst();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
