package org.vsekai.nebula.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.IssueTicketRequest;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.api.entities.v1.TicketsGrpc;
import org.vsekai.nebula.client.entities.Address;
import org.vsekai.nebula.client.entities.AreaOfInterest;
import org.vsekai.nebula.client.entities.ClientSettings;
import org.vsekai.nebula.client.entities.EntityClient;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.client.entities.SessionSettings;
import org.vsekai.nebula.stack.Service;
import org.vsekai.nebula.stack.Stack;

/** Three nodes of entity-sync that host the ledger and zones, three nodes of the cache, and a database; each in its own process. */
final class ZoneStack implements AutoCloseable {
    /** The zone that is always there. */
    static final String ZONE = "local/0/0";
    /** A durable component of 8 bytes. */
    static final int HEALTH = 1;
    /** A volatile component of up to 16 bytes. */
    static final int MOOD = 2;

    /** The id of an asset. */
    static final int MESH = 3;

    static final int NODES = 3;
    static final int CELL_SIZE = 32_000;
    /** Of a zone, along either side. */
    static final int CELLS = 32;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AreaOfInterest ALL = AreaOfInterest.around(500_000, 500_000, 250_000);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path data;
    private final Stack stack;
    private final EntityClient client;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ExecutorService tickets = Executors.newVirtualThreadPerTaskExecutor();

    /** With the one zone. */
    ZoneStack() throws IOException {
        this(1, null, Map.of(), "-Dnebula.worlds.local.");
    }

    /** With the one zone, and two instances of every other service. */
    static ZoneStack withInstances(S3Gateway gateway) throws IOException {
        return new ZoneStack(2, gateway.url(), S3Gateway.CREDENTIALS, "-Dnebula.worlds.local.");
    }

    /** With a world {@code city} of so many zones along either side beside it. */
    static ZoneStack withCity(int side) throws IOException {
        String city = "-Dnebula.worlds.city.";
        return new ZoneStack(
                1,
                null,
                Map.of(),
                "-Dnebula.worlds.local.",
                city + "zones-x=" + side + " " + city + "zones-z=" + side,
                city);
    }

    /** @param options each ends a JVM's option for a world, to which components are added, or is a whole one */
    private ZoneStack(int instances, @Nullable String store, Map<String, String> settings, String... options)
            throws IOException {
        data = Files.createTempDirectory(SourceTree.root().resolve("system-tests/target"), "zones-");
        Map<String, String> environment = new TreeMap<>(settings);
        // A cluster that comes back empty need not be waited for as long as a real one.
        environment.put("NEBULA_ZONES_MEMORY_PATIENCE", "10s");
        // A map's keys cannot be told by variables of the environment.
        environment.put(
                "JAVA_TOOL_OPTIONS",
                Stream.of(options).map(ZoneStack::components).collect(Collectors.joining(" ")));
        stack = Stack.start(
                new Stack.Options(SourceTree.root(), data, 0, NODES, instances, store, null, null, environment));
        for (int node = 0; node < NODES; node++) {
            channels.add(ManagedChannelBuilder.forTarget(stack.grpc(Service.ENTITY_SYNC, node))
                    .usePlaintext()
                    .build());
        }
        List<Address> addresses = IntStream.range(0, NODES)
                .mapToObj(node -> Address.parse(stack.grpc(Service.ENTITY_SYNC, node)))
                .toList();
        client = new EntityClient(ClientSettings.of(addresses.getFirst(), InsecureChannelCredentials.create())
                .withAddresses(addresses));
    }

    private static String components(String option) {
        if (!option.endsWith(".")) {
            return option;
        }
        return Stream.of(
                        "health.number=" + HEALTH,
                        "health.largest=8",
                        "health.kept=durable",
                        "mood.number=" + MOOD,
                        "mood.largest=16",
                        "mesh.number=" + MESH,
                        "mesh.largest=16",
                        "mesh.kept=bulk")
                .map(component -> option + "components." + component)
                .collect(Collectors.joining(" "));
    }

    /** A session with the middle of the zone in its view, that comes back by itself whatever happens to nodes. */
    EntitySession open(SessionRole role, SessionListener listener) {
        return open(ZONE, role, ALL, listener);
    }

    /** A session that comes back by itself whatever happens to nodes. */
    EntitySession open(String zone, SessionRole role, AreaOfInterest area, SessionListener listener) {
        SessionSettings settings = SessionSettings.of(zone)
                .withArea(area)
                .withTimes(
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500));
        return client.open(settings, of -> ticket(of, role), listener);
    }

    /** Whether a session finds the zone by a node that does not own it, and knows no other. */
    boolean isFoundBy(int node) throws Exception {
        try (EntityClient lost = new EntityClient(ClientSettings.of(
                        Address.parse(stack.grpc(Service.ENTITY_SYNC, node)), InsecureChannelCredentials.create()));
                EntitySession session = lost.open(
                        SessionSettings.of(ZONE),
                        zone -> ticket(zone, SessionRole.SESSION_ROLE_OBSERVER),
                        new SessionListener() {})) {
            return session.joined().get(30, TimeUnit.SECONDS).name().equals(ZONE);
        }
    }

    private CompletionStage<ByteString> ticket(String zone, SessionRole role) {
        return CompletableFuture.supplyAsync(
                () -> {
                    StatusRuntimeException last = null;
                    for (ManagedChannel channel : channels) {
                        try {
                            return ticket(channel, zone, role, Duration.ofMillis(500));
                        } catch (StatusRuntimeException e) {
                            last = e;
                        }
                    }
                    throw new IllegalStateException("no node issues tickets", last);
                },
                tickets);
    }

    /** A ticket for the one zone, issued by a node. */
    void ticket(int node, Duration patience) throws IOException {
        try {
            ByteString unused = ticket(channels.get(node), ZONE, SessionRole.SESSION_ROLE_OBSERVER, patience);
        } catch (StatusRuntimeException e) {
            throw new IOException("node " + node + ": " + e.getStatus(), e);
        }
    }

    private ByteString ticket(ManagedChannel channel, String zone, SessionRole role, Duration patience) {
        Metadata metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + stack.serverToken());
        return TicketsGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                .issueTicket(IssueTicketRequest.newBuilder()
                        .setZone(zone)
                        .setRole(role)
                        .setSubject("test")
                        .build())
                .getTicket();
    }

    /** The node that owns the one zone, if one that answers does. */
    OptionalInt findOwner() throws InterruptedException {
        return owners(ZONE).stream().mapToInt(Integer::intValue).findFirst();
    }

    /** Every node that answers that it owns the zone: more than one would be a fault. */
    List<Integer> owners(String zone) throws InterruptedException {
        List<Integer> owners = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            if (findOwned(node).orElse(Set.of()).contains(zone)) {
                owners.add(node);
            }
        }
        return owners;
    }

    /** The zones that a node says it owns; empty if it is dead, paused or only starts. */
    Optional<Set<String>> findOwned(int node) throws InterruptedException {
        try {
            Set<String> names = new TreeSet<>();
            json(node, "api/v1/zones")
                    .get("items")
                    .forEach(zone -> names.add(zone.get("name").asText()));
            return Optional.of(names);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Every entity of a zone, as its owner has it. */
    List<JsonNode> entities(int owner, String zone) throws IOException, InterruptedException {
        return all(owner, "api/v1/zones/" + zone + "/entities");
    }

    /** Every session of a zone, as its owner has it. */
    List<JsonNode> sessions(int owner, String zone) throws IOException, InterruptedException {
        return all(owner, "api/v1/zones/" + zone + "/sessions");
    }

    private List<JsonNode> all(int node, String path) throws IOException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String after = "";
        while (true) {
            JsonNode page = json(node, path + "?limit=100" + after);
            page.get("items").forEach(all::add);
            if (!page.hasNonNull("next")) {
                return all;
            }
            after = "&after=" + page.get("next").asText();
        }
    }

    /** Has a node give a zone to another; nothing happens where it does not own the zone any more. */
    void release(int owner, String zone) throws IOException, InterruptedException {
        HttpResponse<Void> response = http.send(
                request(owner, "api/v1/zones/" + zone + "/release")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        if (response.statusCode() != 204 && response.statusCode() != 503) {
            throw new IOException("the release of " + zone + " is answered " + response.statusCode());
        }
    }

    private HttpRequest.Builder request(int node, String path) {
        return HttpRequest.newBuilder(stack.url(Service.ENTITY_SYNC, node).resolve(path))
                .header("Authorization", "Bearer " + stack.token())
                // Of a node that is paused nobody hears for long.
                .timeout(Duration.ofSeconds(2));
    }

    private JsonNode json(int node, String path) throws IOException, InterruptedException {
        HttpRequest request = request(node, path).build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(request.uri() + " answers " + response.statusCode());
        }
        return JSON.readTree(response.body());
    }

    /** Kills processes at once; the stack starts them again. */
    void kill(String... titles) throws IOException, InterruptedException {
        for (String title : titles) {
            signal("KILL", title);
        }
    }

    void signal(String name, String title) throws IOException, InterruptedException {
        Signals.send(name, state().get("services").get(title).get("pid").asLong());
    }

    /** Changes once a process of this title was started again. */
    String process(String title) throws IOException {
        JsonNode process = state().get("services").get(title);
        return process == null ? "" : process.toString();
    }

    /**
     * Kills one of the database's processes at once: the database ends every connection, and begins anew from what it has written
     * down.
     */
    void killDatabase() throws IOException, InterruptedException {
        long pid = Long.parseLong(Files.readAllLines(data.resolve("postgres/data/postmaster.pid"))
                .getFirst()
                .strip());
        ProcessHandle database = ProcessHandle.of(pid).orElseThrow();
        Signals.send("KILL", database.children().findFirst().orElseThrow().pid());
    }

    /** The HTTP base of an instance, ending in a slash. */
    URI url(Service service, int instance) {
        return stack.url(service, instance);
    }

    /** A channel to a node, which lives as long as the stack. */
    ManagedChannel channel(int node) {
        return channels.get(node);
    }

    /** The bearer token with the roles publisher and operator. */
    String token() {
        return stack.token();
    }

    /** The bearer token with the role server. */
    String serverToken() {
        return stack.serverToken();
    }

    /** Where everything lies that the stack keeps. */
    Path data() {
        return data;
    }

    private JsonNode state() throws IOException {
        return JSON.readTree(data.resolve("state.json").toFile());
    }

    @Override
    public void close() {
        client.close();
        channels.forEach(ManagedChannel::shutdownNow);
        tickets.shutdownNow();
        stack.close();
    }
}
