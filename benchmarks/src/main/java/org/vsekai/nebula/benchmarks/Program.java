package org.vsekai.nebula.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program with its arguments, to be run as a fresh process. Immutable.
 *
 * @param command the program and its arguments
 * @param environment added to that of this process
 * @param folder where it runs; null for the current folder
 * @param cpus the processors it may use, as taskset writes them ({@code 0} or {@code 0,1}); empty for all
 */
public record Program(
        List<String> command,
        Map<String, String> environment,
        @Nullable Path folder,
        String cpus) {
    private static final Path GNU_TIME = Path.of("/usr/bin/time");
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final int SHOWN_OUTPUT = 4000;

    public Program {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    public static Program of(String... command) {
        return new Program(List.of(command), Map.of(), null, "");
    }

    public static Program of(List<String> command) {
        return new Program(command, Map.of(), null, "");
    }

    /** The same on these processors only. */
    public Program on(String cpus) {
        return new Program(command, environment, folder, cpus);
    }

    public Program in(Path folder) {
        return new Program(command, environment, folder, cpus);
    }

    public Program with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Program(command, more, folder, cpus);
    }

    /**
     * Runs it to its end and measures it.
     *
     * @throws IOException when it cannot be started, fails, or takes longer than half an hour; says what it printed
     */
    public Measurement measure() throws IOException {
        Outcome outcome = run();
        if (outcome.exitCode != 0) {
            throw new IOException(
                    "exit code %d of %s%n%s".formatted(outcome.exitCode, String.join(" ", command), outcome.output));
        }
        return outcome.measurement;
    }

    /** How a run ended, and what it printed to both its streams. */
    public record Outcome(int exitCode, String output, Measurement measurement) {}

    /** Runs it to its end, whatever its exit code. */
    public Outcome run() throws IOException {
        if (!Files.isExecutable(GNU_TIME)) {
            throw new IOException(GNU_TIME + " is missing: install GNU time (Debian package time)");
        }
        Path output = Files.createTempFile("benchmark-", ".out");
        Path figures = Files.createTempFile("benchmark-", ".time");
        try {
            List<String> line = new ArrayList<>();
            if (!cpus.isEmpty()) {
                line.addAll(List.of("taskset", "-c", cpus));
            }
            // GNU time forks the program from its own small memory, so this JVM's does not count as the program's peak.
            line.addAll(List.of(GNU_TIME.toString(), "-q", "-f", "%U %S %M", "-o", figures.toString()));
            line.addAll(command);
            ProcessBuilder builder =
                    new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            if (folder != null) {
                builder.directory(folder.toFile());
            }
            long start = System.nanoTime();
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IOException("still running after " + LIMIT + ": " + String.join(" ", command));
            }
            double wall = (System.nanoTime() - start) / 1e9;
            return new Outcome(process.exitValue(), tail(output), Measurement.parse(wall, Files.readString(figures)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(figures);
        }
    }

    private static String tail(Path output) throws IOException {
        byte[] bytes = Files.readAllBytes(output);
        int shown = Math.min(bytes.length, SHOWN_OUTPUT);
        return new String(bytes, bytes.length - shown, shown, StandardCharsets.UTF_8);
    }
}
