package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;
import org.vsekai.nebula.parts.FreePorts;

/** The ledger's members as an operator runs them: processes of entity-sync, each with a folder of its own, on this machine. */
final class LedgerVoters implements AutoCloseable {
    static final String TOKEN = "token-of-an-operator";

    private static final long STOP_SECONDS = 30;
    private static final long CALL_SECONDS = 5;

    /** A place for a member; it keeps its ports while its process comes and goes. */
    private record Place(String id, Path folder, Path log, int http, int grpc, int raft) {}

    private final List<Place> places = new ArrayList<>();
    private final Map<String, Process> processes = new HashMap<>();

    /** @param ids of all that are ever started */
    LedgerVoters(Path root, List<String> ids) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (String id : ids) {
                places.add(
                        new Place(id, root.resolve(id), root.resolve(id + ".log"), free(held), free(held), free(held)));
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private static int free(List<ServerSocket> held) throws IOException {
        ServerSocket socket = FreePorts.hold();
        held.add(socket);
        return socket.getLocalPort();
    }

    Path folder(String id) {
        return place(id).folder;
    }

    /** HTTP addresses as {@code vsekai ledger --ledger} takes them. */
    String urls(String... ids) {
        return List.of(ids).stream()
                .map(id -> "http://127.0.0.1:" + place(id).http + "/")
                .collect(Collectors.joining(","));
    }

    private Place place(String id) {
        return places.stream().filter(place -> place.id.equals(id)).findFirst().orElseThrow();
    }

    /** Starts a member, which need not be ready when this returns. @param voters the ids that it is told while its log is empty */
    void start(String id, List<String> voters) throws IOException {
        Place place = place(id);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-jar",
                        SourceTree.root()
                                .resolve("services/entity-sync/target/quarkus-app/quarkus-run.jar")
                                .toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(place.log.toFile()));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("NEBULA_") || name.startsWith("QUARKUS_"));
        environment.put("NEBULA_HTTP_HOST", "127.0.0.1");
        environment.put("NEBULA_HTTP_PORT", Integer.toString(place.http));
        environment.put("NEBULA_GRPC_PORT", Integer.toString(place.grpc));
        environment.put("NEBULA_AUTH_OPERATOR", digest());
        environment.put("NEBULA_AUTH_SERVER", digest());
        environment.put("NEBULA_ENTITY_SYNC_ROLE", "ledger");
        environment.put("NEBULA_ENTITY_SYNC_LEDGER_ID", id);
        environment.put("NEBULA_ENTITY_SYNC_LEDGER_FOLDER", place.folder.toString());
        environment.put("NEBULA_ENTITY_SYNC_LEDGER_BIND_PORT", Integer.toString(place.raft));
        environment.put("NEBULA_ENTITY_SYNC_LEDGER_MEMBERS", String.join(",", voters));
        environment.put(
                "NEBULA_ENTITY_SYNC_LEDGER_DISCOVERY_HOSTS",
                places.stream().map(other -> "127.0.0.1:" + other.raft).collect(Collectors.joining(",")));
        environment.put("NEBULA_ENTITY_SYNC_LEDGER_SECRET", TOKEN);
        processes.put(id, builder.start());
    }

    /** Asks the member's process to end, as a roll-out does. */
    void stop(String id) throws InterruptedException {
        Process process = processes.remove(id);
        process.destroy();
        assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** SIGKILL. */
    void kill(String id) throws InterruptedException {
        processes.remove(id).destroyForcibly().waitFor();
    }

    /** Adds to a counter at a member, which may forward it. */
    long add(String id, String counter, long delta) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", place(id).grpc)
                .usePlaintext()
                .build();
        try {
            return CountersGrpc.newBlockingStub(channel)
                    .withCallCredentials(new Bearer())
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .addToCounter(AddToCounterRequest.newBuilder()
                            .setRequestId(UUID.randomUUID().toString())
                            .setName(counter)
                            .setDelta(delta)
                            .build())
                    .getValue();
        } finally {
            channel.shutdownNow();
        }
    }

    /** Whether a member takes writes now. */
    boolean isWritable(String id) {
        try {
            add(id, "probe", 0);
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /** What the members said, for a failure's message. */
    String logs() {
        return places.stream()
                .filter(place -> Files.exists(place.log))
                .map(place -> {
                    try {
                        List<String> lines = Files.readAllLines(place.log);
                        return place.id + ":\n"
                                + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
                    } catch (IOException e) {
                        return place.id + ": " + e;
                    }
                })
                .collect(Collectors.joining("\n"));
    }

    private static String digest() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (String id : List.copyOf(processes.keySet())) {
            kill(id);
        }
    }

    private static final class Bearer extends CallCredentials {
        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + TOKEN);
            applier.apply(headers);
        }
    }
}
