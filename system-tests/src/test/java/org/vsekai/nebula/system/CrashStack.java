package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.vsekai.nebula.migrations.Migrations;
import org.vsekai.nebula.migrations.ServiceSchema;
import org.vsekai.nebula.parts.EmbeddedPostgres;
import org.vsekai.nebula.parts.FreePorts;

/**
 * The services that write to more than one store, as processes that nobody starts again but the test: the updater, asset-store,
 * and the ledger's members, with {@link StepGates} on every way between them and to the database.
 */
final class CrashStack implements AutoCloseable {
    static final String TOKEN = "crash-points-token";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String PASSWORD = "crash-points";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Three, as in production; fewer only to try something out. */
    private static final int MEMBERS = Integer.getInteger("nebula.crash.members", 3);

    /** A service's program with its settings; started, killed and started again, always on the same ports. */
    final class Program {
        private final String service;
        private final String name;
        private final int http = freePort();
        private final int grpc = freePort();
        private final Map<String, String> settings = new HashMap<>();
        private Process process;

        Program(String service, String name) {
            this.service = service;
            this.name = name;
        }

        String endpoint() {
            return "127.0.0.1:" + grpc;
        }

        URI uri(String path) {
            return URI.create("http://127.0.0.1:" + http + "/" + path);
        }

        long pid() {
            return process.pid();
        }

        void launch() throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx192m",
                    "-Dquarkus.http.port=" + http,
                    "-Dquarkus.grpc.server.port=" + grpc,
                    "-Dnebula.auth.publisher=" + Hashes.sha256(TOKEN.getBytes(StandardCharsets.UTF_8)),
                    "-Dnebula.auth.operator=" + Hashes.sha256(TOKEN.getBytes(StandardCharsets.UTF_8)),
                    "-Dnebula.auth.server=" + Hashes.sha256(TOKEN.getBytes(StandardCharsets.UTF_8))));
            settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
            command.add("-jar");
            command.add(SourceTree.root()
                    .resolve("services/" + service + "/target/quarkus-app/quarkus-run.jar")
                    .toString());
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            data.resolve(name + ".log").toFile()))
                    .start();
        }

        void awaitReady() throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (statusOf("GET", uri("q/health/ready")) != 200) {
                assertThat(process.isAlive() && System.nanoTime() < end)
                        .as("%s becomes ready, see %s", name, data)
                        .isTrue();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }

        /** SIGKILL. */
        void kill() throws InterruptedException {
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }

        void signal(String signal) throws IOException, InterruptedException {
            Signals.send(signal, pid());
        }
    }

    final StepGates gates = new StepGates();
    final List<Program> members = new ArrayList<>();
    final Program assetStore;
    final Program updater;
    private final Path data;
    private final Path store;
    private final EmbeddedPostgres postgres;
    private final DatabaseRelay database;
    private final List<GrpcRelay> relays = new ArrayList<>();
    private final String ledger;
    private final String assets;
    private final HttpClient http = HttpClient.newHttpClient();

    CrashStack() throws IOException, InterruptedException {
        data = Files.createTempDirectory(SourceTree.root().resolve("system-tests/target"), "crash-");
        store = Files.createDirectory(data.resolve("store"));
        postgres = EmbeddedPostgres.start();
        new Migrations(postgres.jdbcUrl("postgres"), postgres.user(), postgres.password())
                .migrate(Map.of(ServiceSchema.UPDATER, PASSWORD, ServiceSchema.ASSET_STORE, PASSWORD));
        URI url = URI.create(postgres.reactiveUrl(Migrations.DATABASE));
        database = new DatabaseRelay(url.getHost(), url.getPort(), gates);
        startMembers();
        ledger = members.stream().map(member -> relay(member.endpoint())).collect(Collectors.joining(","));
        assetStore = assetStore();
        assets = relay(assetStore.endpoint());
        updater = updater("updater");
        assetStore.launch();
        updater.launch();
        assetStore.awaitReady();
        updater.awaitReady();
    }

    private void startMembers() throws IOException, InterruptedException {
        List<Integer> ports =
                IntStream.range(0, MEMBERS).mapToObj(i -> freePort()).toList();
        String ids = IntStream.range(0, MEMBERS).mapToObj(i -> "ledger-" + i).collect(Collectors.joining(","));
        String hosts = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        for (int i = 0; i < MEMBERS; i++) {
            Program member = new Program("entity-sync", "ledger-" + i);
            member.settings.put("nebula.entity-sync.role", "ledger");
            member.settings.put("nebula.entity-sync.ledger.id", "ledger-" + i);
            member.settings.put(
                    "nebula.entity-sync.ledger.folder",
                    data.resolve("ledger-" + i).toString());
            member.settings.put(
                    "nebula.entity-sync.ledger.bind-port", ports.get(i).toString());
            member.settings.put("nebula.entity-sync.ledger.members", ids);
            member.settings.put("nebula.entity-sync.ledger.discovery.hosts", hosts);
            member.settings.put("nebula.entity-sync.ledger.allow-unsafe", "true");
            members.add(member);
            member.launch();
        }
        for (Program member : members) {
            member.awaitReady();
        }
    }

    private Program assetStore() {
        Program program = new Program("asset-store", "asset-store");
        program.settings.putAll(shared("asset_store"));
        program.settings.put("nebula.asset-store.store-url", store.toUri().toString());
        program.settings.put("nebula.asset-store.recent-file-lifetime", "1ms");
        program.settings.put("nebula.collect.wake-interval", "200ms");
        program.settings.put("nebula.packs.make", "false");
        return program;
    }

    Program updater(String name) {
        Program program = new Program("updater", name);
        program.settings.putAll(shared("updater"));
        program.settings.put("nebula.updater.asset-store.grpc", assets);
        program.settings.put("nebula.updater.asset-store.token", TOKEN);
        program.settings.put("nebula.updater.publish.packed-versions", "0");
        return program;
    }

    private Map<String, String> shared(String schema) {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                "quarkus.datasource.reactive.url",
                "postgresql://127.0.0.1:" + database.port() + "/" + Migrations.DATABASE);
        settings.put("quarkus.datasource.username", "nebula_" + schema);
        settings.put("quarkus.datasource.password", PASSWORD);
        settings.put("quarkus.datasource.reactive.additional-properties.idle_in_transaction_session_timeout", "3000");
        settings.put("nebula.ledger.endpoints", ledger);
        settings.put("nebula.ledger.token", TOKEN);
        settings.put("nebula.ledger.lease-time-to-live", "2s");
        settings.put("nebula.intents.recovery-interval", "200ms");
        return settings;
    }

    private String relay(String target) {
        try {
            GrpcRelay relay = new GrpcRelay(target, gates);
            relays.add(relay);
            return relay.endpoint();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The member that leads the ledger. */
    Program leader() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (Program member : members) {
                if (member.process.isAlive()) {
                    JsonNode status = find(member.uri("api/v1/ledger/status"));
                    if (status.path("role").asText().equals("leader")) {
                        return member;
                    }
                }
            }
            assertThat(System.nanoTime()).as("the ledger has a leader").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Ids of intents that are neither committed nor aborted. */
    List<JsonNode> pendingIntents() throws InterruptedException {
        List<JsonNode> pending = new ArrayList<>();
        find(leader().uri("api/v1/ledger/intents?state=pending")).path("items").forEach(pending::add);
        return pending;
    }

    /** How an intent of a kind ended that covers something; empty if there is none. */
    String outcome(String cover) throws InterruptedException {
        String found = "no intent";
        for (JsonNode intent :
                find(leader().uri("api/v1/ledger/intents?limit=1000")).path("items")) {
            for (JsonNode covered : intent.path("covers")) {
                if (covered.asText().equals(cover)) {
                    found = intent.path("kind").asText() + " "
                            + intent.path("state").asText();
                }
            }
        }
        return found;
    }

    void awaitNothingPending() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (List<JsonNode> pending = pendingIntents(); !pending.isEmpty(); pending = pendingIntents()) {
            assertThat(System.nanoTime())
                    .as("intents are recovered: %s", pending)
                    .isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private JsonNode find(URI uri) throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(request(uri).build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.missingNode();
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    /** The status of the answer; 0 if there is none. */
    int statusOf(String method, URI uri) throws InterruptedException {
        return send(method, uri, new byte[0]).status();
    }

    /** @param status 0 if no answer came */
    record Answer(int status, String body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    Answer send(String method, URI uri, byte[] body) throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(
                    request(uri)
                            .header(
                                    "Content-Type",
                                    method.equals("PUT") ? "application/octet-stream" : "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new Answer(0, String.valueOf(e.getMessage()));
        }
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(90)).header("Authorization", "Bearer " + TOKEN);
    }

    /** State of each pin, by owner. */
    Map<String, String> pins() throws SQLException {
        Map<String, String> pins = new HashMap<>();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(Migrations.DATABASE), postgres.user(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT owner, state FROM asset_store.pins")) {
            while (rows.next()) {
                pins.put(rows.getString(1), rows.getString(2));
            }
        }
        return pins;
    }

    /** Names of the files below the store's folders of chunks, indexes and manifests. */
    TreeSet<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(store)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> store.relativize(file).toString())
                    .filter(name ->
                            name.startsWith("chunks/") || name.startsWith("indexes/") || name.startsWith("manifests/"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static int freePort() {
        try (ServerSocket socket = FreePorts.hold()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Stream.concat(Stream.of(updater, assetStore), members.stream())
                .filter(program -> program.process != null)
                .forEach(program -> program.process.destroyForcibly());
        relays.forEach(GrpcRelay::close);
        database.close();
        postgres.close();
    }
}
