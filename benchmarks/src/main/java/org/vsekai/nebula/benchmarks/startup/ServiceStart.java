package org.vsekai.nebula.benchmarks.startup;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.vsekai.nebula.parts.FreePorts;
import org.vsekai.nebula.stack.Service;
import org.vsekai.nebula.stack.Stack;

/**
 * One start of a service beside a stack's own, with the settings of that: the same database, cache and ledger. Not thread-safe.
 *
 * @param readySeconds from the start of the process until it says that it is ready
 * @param residentBytes of the process, some seconds after that
 */
record ServiceStart(double readySeconds, long residentBytes) {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /**
     * Starts, waits and stops.
     *
     * @throws IOException when it does not become ready; says where its output is
     */
    static ServiceStart measure(Stack stack, Service service, List<String> command, Path log) throws IOException {
        Map<String, String> environment = environment(stack, service);
        int port = FreePorts.find();
        environment.put("NEBULA_HTTP_PORT", Integer.toString(port));
        environment.put("NEBULA_GRPC_PORT", Integer.toString(FreePorts.find()));
        if (service == Service.ENTITY_SYNC) {
            // The stack's own is the ledger's one member.
            environment.put("NEBULA_ENTITY_SYNC_ROLE", "zones");
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        long began = System.nanoTime();
        Process process = builder.start();
        try {
            awaitReady(process, port, log);
            double seconds = (System.nanoTime() - began) / 1e9;
            LockSupport.parkNanos(SETTLE.toNanos());
            return new ServiceStart(seconds, resident(process.pid()));
        } finally {
            stop(process);
        }
    }

    private static void awaitReady(Process process, int port, Path log) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady(port)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("it does not become ready; see " + log);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static boolean isReady(int port) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/q/health/ready")
                            .toURL()
                            .openConnection();
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /** What the stack's own process was told, as Linux keeps it. */
    private static Map<String, String> environment(Stack stack, Service service) throws IOException {
        long pid = stack.pid(service).orElseThrow(() -> new IOException(service.title() + " does not run"));
        String all = Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.UTF_8);
        Map<String, String> environment = new TreeMap<>();
        for (String entry : all.split("\0")) {
            int equals = entry.indexOf('=');
            if (entry.startsWith("NEBULA_") && equals > 0) {
                environment.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return environment;
    }

    private static long resident(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IOException("process " + pid + " has no memory");
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
