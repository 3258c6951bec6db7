package org.vsekai.nebula.benchmarks.entities;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vsekai.nebula.client.entities.Address;
import org.vsekai.nebula.parts.FreePorts;

/** The packaged entity-sync with one zone and a ledger of its own, in a process of its own. */
final class EntityServer implements AutoCloseable {
    static final String ZONE = "bench/0/0";
    static final String TOKEN = "benchmark";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What is used of each generation, or of a heap without them, in what jcmd prints. */
    private static final Pattern HEAP_USED =
            Pattern.compile("^ *(?!Metaspace|class space)\\S.* used (\\d+)K", Pattern.MULTILINE);

    private final Process process;
    private final Path folder;
    private final int httpPort;
    private final int grpcPort;
    private final HttpClient http = HttpClient.newHttpClient();

    private EntityServer(Process process, Path folder, int httpPort, int grpcPort) {
        this.process = process;
        this.folder = folder;
        this.httpPort = httpPort;
        this.grpcPort = grpcPort;
    }

    /** @param world below {@code nebula.worlds."bench"} */
    static EntityServer start(Path home, Path folder, List<String> jvmOptions, Map<String, String> world)
            throws IOException {
        Path jar = home.resolve("services/entity-sync/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is missing: run ./nebula build");
        }
        int http = freePort();
        int grpc = freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        Map<String, String> settings = Map.ofEntries(
                Map.entry("quarkus.http.port", Integer.toString(http)),
                Map.entry("quarkus.grpc.server.port", Integer.toString(grpc)),
                Map.entry("quarkus.http.access-log.enabled", "false"),
                Map.entry("nebula.entity-sync.role", "all"),
                Map.entry(
                        "nebula.entity-sync.ledger.folder",
                        folder.resolve("ledger").toString()),
                Map.entry("nebula.entity-sync.ledger.bind-port", Integer.toString(freePort())),
                // There is no other node that could take the zone over; a JVM that has just begun stands still now and
                // then.
                Map.entry("nebula.ledger.lease-time-to-live", "15s"),
                Map.entry("nebula.ledger.endpoints", "127.0.0.1:" + grpc),
                Map.entry("nebula.ledger.token", TOKEN),
                Map.entry("nebula.auth.server", digest(TOKEN)),
                Map.entry("nebula.auth.operator", digest(TOKEN)),
                Map.entry("nebula.tickets.key", digest(TOKEN)));
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        world.forEach((name, value) -> command.add("-Dnebula.worlds.bench." + name + "=" + value));
        command.addAll(List.of("-jar", jar.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("entity-sync.log").toFile())
                .start();
        EntityServer server = new EntityServer(process, folder, http, grpc);
        try {
            server.awaitZone();
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = FreePorts.hold()) {
            return socket.getLocalPort();
        }
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void awaitZone() throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                if (get("/api/v1/zones/" + ZONE).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // It does not listen yet.
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(
                        "entity-sync does not serve its zone:\n" + Files.readString(folder.resolve("entity-sync.log")));
            }
            pause(Duration.ofMillis(200));
        }
    }

    static void pause(Duration time) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                            .timeout(Duration.ofSeconds(5))
                            .header("Authorization", "Bearer " + TOKEN)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What operators are told of the zone. */
    JsonNode zone() throws IOException {
        return new ObjectMapper().readTree(get("/api/v1/zones/" + ZONE).body());
    }

    Address address() {
        return new Address("127.0.0.1", grpcPort);
    }

    /** Processor time of the process since its start. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    }

    /** Resident memory. */
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    /** Heap that is in use right after a whole collection, which this causes. */
    long liveBytes() throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        run(jcmd.toString(), Long.toString(process.pid()), "GC.run");
        Matcher used = HEAP_USED.matcher(run(jcmd.toString(), Long.toString(process.pid()), "GC.heap_info"));
        long kibibytes = 0;
        while (used.find()) {
            kibibytes += Long.parseLong(used.group(1));
        }
        if (kibibytes == 0) {
            throw new IOException("jcmd tells nothing of the heap");
        }
        return kibibytes << 10;
    }

    private static String run(String... command) throws IOException {
        Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (jcmd.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed:\n" + printed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return printed;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
