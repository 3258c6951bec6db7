package org.vsekai.nebula.benchmarks.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Counts the syncs of running processes with {@code strace -fc}. strace stops a process at every system call, so what runs
 * meanwhile is slower and is not timed. Not thread-safe.
 */
final class SyncCount implements AutoCloseable {
    private static final Duration ATTACH = Duration.ofSeconds(3);
    private static final Duration DETACH = Duration.ofSeconds(20);

    private final List<Process> tracers = new ArrayList<>();
    private final List<Path> outputs = new ArrayList<>();

    static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "strace")));
    }

    SyncCount(List<Long> processes, Path folder) throws IOException {
        for (long process : processes) {
            Path output = folder.resolve("strace-" + process);
            outputs.add(output);
            tracers.add(new ProcessBuilder(
                            "strace",
                            "-f",
                            "-c",
                            "-U",
                            "calls,name",
                            "-e",
                            "trace=fsync,fdatasync",
                            "-p",
                            Long.toString(process),
                            "-o",
                            output.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("strace.log").toFile())
                    .start());
        }
        // strace says nowhere that it has attached to the last thread.
        LockSupport.parkNanos(ATTACH.toNanos());
    }

    /** Ends counting. */
    long count() throws IOException {
        close();
        long calls = 0;
        for (Path output : outputs) {
            for (String line : Files.readAllLines(output)) {
                String[] columns = line.strip().split(" +");
                if (columns.length == 2 && (columns[1].equals("fsync") || columns[1].equals("fdatasync"))) {
                    calls += Long.parseLong(columns[0]);
                }
            }
        }
        return calls;
    }

    @Override
    public void close() throws IOException {
        for (Process tracer : tracers) {
            // SIGINT has it detach and write its table; Process.destroy sends SIGTERM, which it takes likewise.
            tracer.destroy();
        }
        try {
            for (Process tracer : tracers) {
                if (!tracer.waitFor(DETACH.toMillis(), TimeUnit.MILLISECONDS)) {
                    tracer.destroyForcibly();
                    throw new IOException("strace does not end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
