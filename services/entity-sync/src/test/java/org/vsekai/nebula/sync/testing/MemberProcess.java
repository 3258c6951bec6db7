package org.vsekai.nebula.sync.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.parts.FreePorts;

/** A member in a process of its own, as it is shipped: the packaged service. It may be killed and started again. */
public final class MemberProcess implements AutoCloseable {
    private static final Path PROGRAM =
            Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String id;
    private final Path folder;
    private final int httpPort = freePort();
    private final int grpcPort = freePort();
    private final int raftPort = freePort();
    private Process process;

    public MemberProcess(String id, Path folder) {
        this.id = id;
        this.folder = folder;
    }

    static int freePort() {
        try (ServerSocket socket = FreePorts.hold()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String id() {
        return id;
    }

    public String grpc() {
        return "127.0.0.1:" + grpcPort;
    }

    public String raft() {
        return "127.0.0.1:" + raftPort;
    }

    /** @param settings below {@code nebula.entity-sync.ledger} */
    public void start(Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dquarkus.http.port=" + httpPort,
                "-Dquarkus.grpc.server.port=" + grpcPort,
                "-Dnebula.entity-sync.role=ledger",
                "-Dnebula.entity-sync.ledger.id=" + id,
                "-Dnebula.entity-sync.ledger.bind-port=" + raftPort,
                "-Dnebula.entity-sync.ledger.folder=" + folder.resolve("log")));
        TestTokens.config().forEach((name, value) -> command.add("-D" + name + "=" + value));
        settings.forEach((name, value) -> command.add("-Dnebula.entity-sync.ledger." + name + "=" + value));
        command.addAll(List.of("-jar", PROGRAM.toString()));
        try {
            Files.createDirectories(folder);
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("output").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** What it has printed so far. */
    public String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it is ready, as long as a busy machine may take to start it. */
    public void awaitReady() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (get("/q/health/ready").statusCode() != 200) {
            if (!isAlive() || System.nanoTime() > end) {
                throw new AssertionError(id + (isAlive() ? " is not ready:\n" : " ended:\n") + output());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** A request as operator; status 0 if nobody answers. */
    public Answer get(String path) {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                            .header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Answer(0, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** @param statusCode 0 if nobody answered */
    public record Answer(int statusCode, String body) {}

    /** SIGKILL. */
    public void kill() {
        try {
            boolean ended = process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
            if (!ended) {
                throw new IllegalStateException(id + " outlives SIGKILL");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The exit code, once it has ended by itself. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(id + " still runs:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
