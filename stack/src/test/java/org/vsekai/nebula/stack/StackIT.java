package org.vsekai.nebula.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user runs them, as processes, on the packaged services. */
class StackIT {
    private static final Path HOME =
            Path.of(System.getProperty("nebula.home", "..")).toAbsolutePath().normalize();

    @TempDir
    Path temporary;

    private final List<Path> started = new ArrayList<>();

    @AfterEach
    void stopEverything() throws Exception {
        for (Path data : started) {
            run("down", "--data", data.toString());
        }
    }

    @Test
    void dataAndTokensSurviveDownAndUpOnOtherPorts() throws Exception {
        Path data = up("data");
        StackState first = state(data);
        String token = Files.readString(data.resolve("token"));
        assertThat(post(first.urls().get("updater").resolve("api/v1/modes"), token.strip(), "{\"name\":\"kept\"}"))
                .isEqualTo(201);
        assertThat(run("down", "--data", data.toString())).isZero();
        assertThat(data.resolve("state.json")).doesNotExist();
        assertThat(run("status", "--data", data.toString())).isEqualTo(1);

        up("data");
        assertThat(state(data).portBase()).isNotEqualTo(first.portBase());
        assertThat(Files.readString(data.resolve("token"))).isEqualTo(token);
        assertThat(get(state(data).urls().get("updater").resolve("api/v1/modes/kept")))
                .isEqualTo(200);
    }

    @Test
    void twoCopiesRunSideBySideAndACrashedServiceIsStartedAgain() throws Exception {
        Path one = up("one");
        Path two = up("two");
        assertThat(run("status", "--data", one.toString())).isZero();
        assertThat(run("status", "--data", two.toString())).isZero();
        assertThat(run("up", "--data", one.toString(), "--detach", "--port-base", "0"))
                .isEqualTo(1);

        ProcessRecord crashed = state(one).services().get("cdn-registry");
        assertThat(crashed.find().orElseThrow().destroyForcibly()).isTrue();
        eventually(() -> !crashed.equals(state(one).services().get("cdn-registry")));
        eventually(() -> Stack.isReady(state(one).urls().get("cdn-registry")));
        assertThat(run("status", "--data", one.toString())).isZero();
        assertThat(run("logs", "--data", one.toString(), "cdn-registry")).isZero();
        assertThat(Files.readString(temporary.resolve("output"))).contains("starting it again");
        assertThat(run("status", "--data", two.toString())).isZero();
    }

    @Test
    void threeReplicasAreOneLedgerAndOneCacheAndACrashOfAnyIsMended() throws Exception {
        Path data = up("three", "--replicas", "3");
        StackState state = state(data);
        long postgres = postgres(data);
        assertThat(state.services())
                .containsKeys("entity-sync-0", "entity-sync-1", "entity-sync-2")
                .containsKeys("infinispan-0", "infinispan-1", "infinispan-2");
        assertThat(run("status", "--data", data.toString())).isZero();
        eventually(() -> ledgerStatus(data) == 0);
        assertThat(output()).contains("votes: ledger-0, ledger-1, ledger-2");

        for (String title : List.of("entity-sync-1", "infinispan-2")) {
            ProcessRecord crashed = state.services().get(title);
            assertThat(crashed.find().orElseThrow().destroyForcibly()).isTrue();
            eventually(() -> {
                ProcessRecord now = state(data).services().get(title);
                return now != null && !now.equals(crashed) && now.find().isPresent();
            });
        }
        eventually(() -> ledgerStatus(data) == 0 && run("status", "--data", data.toString()) == 0);

        assertThat(run("down", "--data", data.toString())).isZero();
        assertThat(run("up", "--detach", "--data", data.toString(), "--replicas", "1", "--port-base", "0"))
                .isEqualTo(1);
        assertThat(output()).contains("was made with --replicas 3");
        assertThat(isGone(state, postgres)).isTrue();
    }

    private int ledgerStatus(Path data) throws Exception {
        StackState state = state(data);
        String members = state.urls().entrySet().stream()
                .filter(url -> url.getKey().startsWith("entity-sync"))
                .map(url -> url.getValue().toString())
                .collect(Collectors.joining(","));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        HOME.resolve("launcher/target/nebula-launcher-0.1.0-all.jar")
                                .toString(),
                        "ledger",
                        "status",
                        "--ledger",
                        members)
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("output").toFile());
        builder.environment()
                .put("VSEKAI_TOKEN", Files.readString(data.resolve("token")).strip());
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    @Test
    void nothingIsLeftWhenTheSupervisorIsKilled() throws Exception {
        Path data = up("killed");
        StackState state = state(data);
        long postgres = postgres(data);
        assertThat(state.supervisor().find().orElseThrow().destroyForcibly()).isTrue();
        assertThat(run("down", "--data", data.toString())).isZero();
        eventually(() -> isGone(state, postgres));
        assertThat(data.resolve("state.json")).doesNotExist();
    }

    @Test
    void interruptedInTheForegroundItStopsEverything() throws Exception {
        Path data = temporary.resolve("foreground");
        started.add(data);
        Process foreground = launch("up", "--data", data.toString(), "--port-base", "0");
        eventually(() -> !foreground.isAlive()
                || StackState.find(data.resolve("state.json"))
                        .filter(StackState::ready)
                        .isPresent());
        StackState state = state(data);
        long postgres = postgres(data);
        // Not SIGINT, which a test run in the background of a shell inherits as ignored; both end the JVM the same way.
        new ProcessBuilder("kill", "-TERM", Long.toString(foreground.pid()))
                .start()
                .waitFor();
        assertThat(foreground.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(isGone(state, postgres)).isTrue();
        assertThat(data.resolve("state.json")).doesNotExist();
    }

    private Path up(String name, String... more) throws Exception {
        Path data = temporary.resolve(name);
        started.add(data);
        List<String> words = new ArrayList<>(List.of("up", "--detach", "--data", data.toString(), "--port-base", "0"));
        words.addAll(List.of(
                "--log-statements",
                Path.of("target", "sql-log").toAbsolutePath().toString()));
        words.addAll(List.of(more));
        int exitCode = run(words.toArray(String[]::new));
        assertThat(exitCode).as(() -> "output of up: " + output()).isZero();
        return data;
    }

    private static StackState state(Path data) {
        return StackState.find(data.resolve("state.json")).orElseThrow();
    }

    private static long postgres(Path data) throws IOException {
        return Long.parseLong(Files.readAllLines(data.resolve("postgres/data/postmaster.pid"))
                .getFirst()
                .strip());
    }

    private static boolean isGone(StackState state, long postgres) {
        return state.services().values().stream()
                        .allMatch(service -> service.find().isEmpty())
                && state.supervisor().find().isEmpty()
                && ProcessHandle.of(postgres).filter(ProcessHandle::isAlive).isEmpty();
    }

    private int run(String... arguments) throws Exception {
        Process process = launch(arguments);
        assertThat(process.waitFor(8, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private Process launch(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dnebula.home=" + HOME,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        if (arguments[0].equals("up")) {
            command.addAll(List.of("--home", HOME.toString()));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("output").toFile())
                .start();
    }

    private String output() {
        try {
            return Files.readString(temporary.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int post(URI url, String token, String body) throws Exception {
        return send(HttpRequest.newBuilder(url)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static int get(URI url) throws Exception {
        return send(HttpRequest.newBuilder(url));
    }

    private static int send(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void eventually(Condition condition) throws Exception {
        long deadlineNanos = System.nanoTime() + Duration.ofMinutes(4).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("gave up waiting").isLessThan(deadlineNanos);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
