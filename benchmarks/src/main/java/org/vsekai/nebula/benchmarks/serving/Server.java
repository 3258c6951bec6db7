package org.vsekai.nebula.benchmarks.serving;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server under load: a process, with its children, that listens on 127.0.0.1. Not thread-safe. */
final class Server implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Linux counts processor time in hundredths of a second for every program (USER_HZ). */
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;

    private final String url;
    private final Path log;
    private final Process process;

    private Server(String url, Path log, Process process) {
        this.url = url;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param probe a path that is answered with 200
     * @throws IOException when it does not; says where its output is
     */
    static Server start(
            Layout layout, List<String> command, Map<String, String> environment, Path log, int port, String probe)
            throws IOException {
        List<String> line = new ArrayList<>(List.of("taskset", "-c", layout.server()));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Server server = new Server("http://127.0.0.1:" + port, log, builder.start());
        boolean ready = false;
        try {
            server.awaitAnswer(probe);
            ready = true;
            return server;
        } finally {
            if (!ready) {
                server.close();
            }
        }
    }

    private void awaitAnswer(String probe) throws IOException {
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (!answers(probe)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(url + probe + " is not served; see " + log);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private boolean answers(String probe) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url + probe).toURL().openConnection();
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    String url() {
        return url;
    }

    /** Processor time of the process and its children so far. */
    double cpuSeconds() throws IOException {
        long ticks = 0;
        try (Stream<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())) {
            for (ProcessHandle each : all.toList()) {
                ticks += ticks(Path.of("/proc", Long.toString(each.pid()), "stat"));
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static long ticks(Path stat) throws IOException {
        try {
            String text = Files.readString(stat);
            // The second field, the program's name in parentheses, may have spaces.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
        } catch (NoSuchFileException e) {
            return 0; // ended since it was listed
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
