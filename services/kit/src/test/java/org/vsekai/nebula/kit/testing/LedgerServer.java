package org.vsekai.nebula.kit.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.parts.FreePorts;

/**
 * The ledger for a Quarkus test: one member, alone, in the packaged entity-sync, which the whole build makes before the
 * services that need it. One process serves the whole test JVM and ends with it.
 */
public final class LedgerServer implements QuarkusTestResourceLifecycleManager {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path JAR = Path.of("services/entity-sync/target/quarkus-app/quarkus-run.jar");

    private static @Nullable LedgerServer server;

    private @Nullable Process process;
    private String endpoint = "";

    /** {@code host:port} of its gRPC server; made ready at first use. */
    public static synchronized String endpoint() {
        if (server == null) {
            LedgerServer started = new LedgerServer();
            try {
                started.launch();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server = started;
        }
        return server.endpoint;
    }

    @Override
    public Map<String, String> start() {
        return Map.of(
                "nebula.ledger.endpoints",
                endpoint(),
                "nebula.ledger.token",
                TestTokens.SERVER,
                "nebula.intents.recovery-interval",
                "300ms");
    }

    @Override
    public void stop() {
        // The next test class of this JVM goes on with the same server.
    }

    private void launch() throws IOException {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        int http = FreePorts.find();
        int grpc = FreePorts.find();
        endpoint = "127.0.0.1:" + grpc;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Dquarkus.http.port=" + http,
                "-Dquarkus.grpc.server.port=" + grpc,
                "-Dnebula.entity-sync.role=ledger",
                "-Dnebula.entity-sync.ledger.folder=" + Files.createTempDirectory(target, "ledger-"),
                "-Dnebula.entity-sync.ledger.bind-port=" + FreePorts.find(),
                "-Dnebula.entity-sync.ledger.allow-unsafe=true"));
        TestTokens.config().forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-jar", jar().toString()));
        Path log = target.resolve("ledger-server.log");
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = started;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady(http)) {
            if (!started.isAlive() || System.nanoTime() > end) {
                started.destroyForcibly();
                throw new IllegalStateException("the ledger does not become ready, see " + log);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** In the project's folder, which is this module's or one above it. */
    private static Path jar() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve(JAR))) {
                return folder.resolve(JAR);
            }
        }
        throw new IllegalStateException(JAR + " is not built: build services/entity-sync first");
    }

    private static boolean isReady(int port) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/q/health/ready")
                            .toURL()
                            .openConnection();
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
