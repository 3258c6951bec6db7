package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;
import org.vsekai.nebula.client.entities.Durability;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.stack.Service;

/**
 * Each process of a stack is restarted in turn, as an operator or an upgrade does, while clients use all of it. A client makes three
 * attempts at a request, at one instance after the other; no request may fail in all of them, and nothing that was answered may be lost.
 */
@Tag("alone")
class RollingRestartIT {
    private static final long SEED = Long.getLong("nebula.rolling.seed", System.nanoTime());
    private static final int ATTEMPTS = 3;
    /** Longer than an attempt may ever take on a machine that does nothing else. */
    private static final Duration ATTEMPT = Duration.ofSeconds(20);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int ENTITIES = 300;
    private static final String MODE = "rolling";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One attempt at the instance of a number. */
    @FunctionalInterface
    private interface Attempt {
        /** @throws IOException if another instance should be tried */
        void at(int instance) throws IOException, InterruptedException;
    }

    /** Makes one kind of request again and again, and counts how that went. */
    private static final class Client implements AutoCloseable {
        private final String name;
        private final int instances;
        private final Attempt attempt;
        private final Thread thread;
        private volatile boolean over;
        private long requests;
        private long repeated;
        private long longestNanos;
        private final List<String> failed = new ArrayList<>();

        Client(String name, int instances, Attempt attempt) {
            this.name = name;
            this.instances = instances;
            this.attempt = attempt;
            this.thread = Thread.ofVirtual().name(name).start(this::run);
        }

        private void run() {
            try {
                while (!over) {
                    request();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void request() throws InterruptedException {
            long began = System.nanoTime();
            List<String> reasons = new ArrayList<>();
            for (int number = 0; number < ATTEMPTS; number++) {
                try {
                    attempt.at((int) ((requests + number) % instances));
                    break;
                } catch (IOException e) {
                    reasons.add(e.toString());
                }
            }
            requests++;
            longestNanos = Math.max(longestNanos, System.nanoTime() - began);
            if (reasons.size() == ATTEMPTS) {
                failed.add(name + ": " + reasons);
            } else if (!reasons.isEmpty()) {
                repeated++;
            }
        }

        /** Ends it; then its figures may be read. */
        @Override
        public void close() throws InterruptedException {
            over = true;
            thread.join();
        }

        String row() {
            return String.format(
                    "%-22s %8d %10d %8d %12d",
                    name, requests, repeated, failed.size(), TimeUnit.NANOSECONDS.toMillis(longestNanos));
        }
    }

    @TempDir
    Path temporary;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ATTEMPT).build();
    private final Set<String> published = new ConcurrentSkipListSet<>();
    private final AtomicLong added = new AtomicLong();

    @Test
    void noRequestFailsAndNothingIsLost() throws Exception {
        System.out.printf("Rolling restart, -Dnebula.rolling.seed=%d%n", SEED);
        try (S3Gateway gateway = new S3Gateway(temporary.resolve("s3"));
                ZoneStack stack = ZoneStack.withInstances(gateway)) {
            Vsekai studio = new Vsekai(stack.url(Service.UPDATER, 0), temporary.resolve("studio"))
                    .with("VSEKAI_TOKEN", stack.token());
            studio.run("mode", "create", MODE);
            Path build = GameBuild.write(temporary.resolve("build"), 1, SEED);
            studio.run("publish", "--mode", MODE, "--version", "0.1.0", build.toString());
            URI index = version(stack, "0.1.0");
            Map<Durability, Map<UUID, Long>> promised = new EnumMap<>(Durability.class);
            try (ZoneWriter writer = new ZoneWriter(stack, ENTITIES, SEED)) {
                EntitySession watcher = stack.open(SessionRole.SESSION_ROLE_OBSERVER, new SessionListener() {});
                watcher.joined().get(60, TimeUnit.SECONDS);
                writer.untilAcknowledged();
                List<Client> clients = clients(stack, index.getPath());
                try {
                    restartEverything(stack);
                } finally {
                    for (Client client : clients) {
                        client.close();
                    }
                }
                writer.untilAcknowledged();
                writer.paused.set(true);
                writer.acknowledged.forEach((level, values) -> promised.put(level, Map.copyOf(values)));
                print(clients);
                assertThat(clients).allSatisfy(client -> {
                    assertThat(client.failed).isEmpty();
                    assertThat(client.requests).as(client.name).isPositive();
                });
                // Each process ended in good order, so that even what promises nothing after a crash is there.
                Eventually.eventually(() -> assertThat(kept(writer, watcher)).isTrue());
                promised.forEach((level, values) -> assertThat(lost(values, writer))
                        .as("acknowledged as %s, seed %d", level, SEED)
                        .isEmpty());
            }
            assertThat(versions(stack)).containsAll(published);
            assertThat(sum(stack)).isEqualTo(added.get());
            Path game = temporary.resolve("game");
            Vsekai player = new Vsekai(stack.url(Service.UPDATER, 1), temporary.resolve("player"));
            player.run("mode", "switch", "--mode_name", MODE);
            player.run("update", game.toString());
            assertThat(GameBuild.contents(game)).isEqualTo(GameBuild.contents(build));
        }
    }

    private static boolean kept(ZoneWriter writer, EntitySession watcher) {
        try {
            return ZoneWriter.values(writer.session).equals(ZoneWriter.values(watcher));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Map<UUID, Long> lost(Map<UUID, Long> promised, ZoneWriter writer) {
        try {
            Map<UUID, Long> there = ZoneWriter.values(writer.session);
            Map<UUID, Long> lost = new TreeMap<>(promised);
            lost.entrySet().removeIf(promise -> there.getOrDefault(promise.getKey(), -1L) >= promise.getValue());
            return lost;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** By the command, as operators do it: what it prints is told. */
    private static void restartEverything(ZoneStack stack) throws IOException, InterruptedException {
        Process restart = new ProcessBuilder(
                        SourceTree.root().resolve("nebula").toString(),
                        "restart",
                        "--data",
                        stack.data().toString())
                .redirectErrorStream(true)
                .start();
        restart.getOutputStream().close();
        String output;
        try (InputStream told = restart.getInputStream()) {
            output = new String(told.readAllBytes(), StandardCharsets.UTF_8);
        }
        System.out.print(output);
        assertThat(restart.waitFor()).as(output).isZero();
    }

    private static void print(List<Client> clients) {
        System.out.printf("%-22s %8s %10s %8s %12s%n", "requests", "made", "repeated", "failed", "longest ms");
        clients.forEach(client -> System.out.println(client.row()));
    }

    private List<Client> clients(ZoneStack stack, String index) {
        List<Client> clients = new ArrayList<>();
        clients.add(new Client(
                "newest version",
                2,
                at -> get(stack.url(Service.UPDATER, at).resolve("api/v1/modes/" + MODE + "/update"))));
        clients.add(new Client(
                "ranking", 2, at -> get(stack.url(Service.CDN_REGISTRY, at).resolve("api/v1/ranking?region=local"))));
        clients.add(new Client(
                "index", 2, at -> get(stack.url(Service.ASSET_STORE, at).resolve(index.substring(1)))));
        AtomicLong next = new AtomicLong(1);
        clients.add(new Client("publish", 2, at -> publish(stack, at, "0.1." + next.get(), index, next)));
        AtomicLong command = new AtomicLong();
        clients.add(new Client("counter", ZoneStack.NODES, at -> add(stack, at, command)));
        clients.add(new Client("ticket", ZoneStack.NODES, at -> stack.ticket(at, ATTEMPT)));
        return clients;
    }

    private void get(URI uri) throws IOException, InterruptedException {
        answer(HttpRequest.newBuilder(uri).GET(), Set.of(200));
    }

    private byte[] answer(HttpRequest.Builder request, Set<Integer> expected) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                http.send(request.timeout(ATTEMPT).build(), HttpResponse.BodyHandlers.ofByteArray());
        if (!expected.contains(response.statusCode())) {
            throw new IOException(response.uri() + " answers " + response.statusCode() + " "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body();
    }

    /** Another version of the same content, which is written to both stores; again, it is there already. */
    private void publish(ZoneStack stack, int instance, String version, String index, AtomicLong next)
            throws IOException, InterruptedException {
        String body = JSON.createObjectNode()
                .put("version", version)
                .put("index", index.substring(index.lastIndexOf('/') + 1))
                .toString();
        answer(
                HttpRequest.newBuilder(
                                stack.url(Service.UPDATER, instance).resolve("api/v1/modes/" + MODE + "/versions"))
                        .header("Authorization", "Bearer " + stack.token())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                Set.of(200, 201));
        published.add(version);
        next.incrementAndGet();
    }

    /** The same command has the same id at each member, so that it counts once. */
    private void add(ZoneStack stack, int member, AtomicLong command) throws IOException {
        try {
            counters(stack.channel(member), stack.serverToken())
                    .addToCounter(AddToCounterRequest.newBuilder()
                            .setRequestId(new UUID(SEED, command.get()).toString())
                            .setName(MODE)
                            .setDelta(1)
                            .build());
            command.incrementAndGet();
            added.incrementAndGet();
        } catch (StatusRuntimeException e) {
            throw new IOException("member " + member + ": " + e.getStatus(), e);
        }
    }

    private static CountersGrpc.CountersBlockingStub counters(ManagedChannel channel, String token) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return CountersGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .withDeadlineAfter(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static long sum(ZoneStack stack) {
        return counters(stack.channel(0), stack.serverToken())
                .addToCounter(AddToCounterRequest.newBuilder()
                        .setRequestId(UUID.randomUUID().toString())
                        .setName(MODE)
                        .build())
                .getValue();
    }

    private URI version(ZoneStack stack, String version) throws IOException, InterruptedException {
        URI uri = stack.url(Service.UPDATER, 0).resolve("api/v1/modes/" + MODE + "/versions/" + version);
        String index = JSON.readTree(answer(HttpRequest.newBuilder(uri).GET(), Set.of(200)))
                .get("index_uri")
                .asText();
        return stack.url(Service.ASSET_STORE, 0).resolve(index);
    }

    private Set<String> versions(ZoneStack stack) throws IOException, InterruptedException {
        Set<String> versions = new TreeSet<>();
        String after = "";
        while (true) {
            URI uri = stack.url(Service.UPDATER, 1).resolve("api/v1/modes/" + MODE + "/versions?limit=1000" + after);
            JsonNode page = JSON.readTree(answer(HttpRequest.newBuilder(uri).GET(), Set.of(200)));
            page.get("items").forEach(item -> versions.add(item.get("version").asText()));
            if (!page.hasNonNull("next")) {
                return versions;
            }
            after = "&after=" + page.get("next").asText();
        }
    }
}
