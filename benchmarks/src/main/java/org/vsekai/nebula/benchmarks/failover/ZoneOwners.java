package org.vsekai.nebula.benchmarks.failover;

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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.IssueTicketRequest;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.api.entities.v1.TicketsGrpc;
import org.vsekai.nebula.client.entities.Address;
import org.vsekai.nebula.client.entities.AreaOfInterest;
import org.vsekai.nebula.client.entities.ClientSettings;
import org.vsekai.nebula.client.entities.CreatedEntity;
import org.vsekai.nebula.client.entities.EntityClient;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.JoinedZone;
import org.vsekai.nebula.client.entities.NewEntity;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.client.entities.SessionSettings;
import org.vsekai.nebula.stack.Service;
import org.vsekai.nebula.stack.Stack;

/**
 * A stack of three nodes of everything, a session that moves all of its entities fifty times a second, and one that looks on. The killed
 * node is started again at once, on the same machine, which makes the others slower than they would be elsewhere.
 */
final class ZoneOwners implements AutoCloseable {
    private static final String ZONE = "local/0/0";
    private static final int NODES = 3;
    private static final int ENTITIES = 600;
    private static final int MIDDLE = 500_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** That the nodes are left alone before each kill, so that what was started again is ready. */
    private static final Duration REST = Duration.ofSeconds(20);

    /**
     * One kill.
     *
     * @param ownedMillis from the kill until another node says that it owns the zone, which is asked each 5 ms
     * @param seenMillis until a session that came back by itself has every entity in view again
     * @param lostMillis from the newest change that is seen then, of the entity for which it is oldest, to the kill
     * @param leader whether the node led the ledger too
     */
    record Kill(long ownedMillis, long seenMillis, long lostMillis, boolean leader) {}

    private final Stack stack;
    private final EntityClient client;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ExecutorService tickets = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final long startNanos = System.nanoTime();
    private final Mover mover;
    private final EntitySession watcher;

    private ZoneOwners(Stack stack) throws IOException {
        this.stack = stack;
        List<Address> addresses = IntStream.range(0, NODES)
                .mapToObj(node -> Address.parse(stack.grpc(Service.ENTITY_SYNC, node)))
                .toList();
        for (int node = 0; node < NODES; node++) {
            channels.add(ManagedChannelBuilder.forTarget(stack.grpc(Service.ENTITY_SYNC, node))
                    .usePlaintext()
                    .build());
        }
        client = new EntityClient(ClientSettings.of(addresses.getFirst(), InsecureChannelCredentials.create())
                .withAddresses(addresses));
        mover = new Mover();
        watcher = open(SessionRole.SESSION_ROLE_OBSERVER, new SessionListener() {});
        await(watcher.joined());
        await("every entity is seen", () -> oldestChange(watcher) < 0 ? null : true);
    }

    static ZoneOwners start(Path home, Path folder) throws IOException {
        Stack stack = Stack.start(new Stack.Options(
                home,
                folder.resolve("stack"),
                0,
                NODES,
                null,
                null,
                Map.of(
                        // A map's keys cannot be told by variables of the environment.
                        "JAVA_TOOL_OPTIONS", "-Dnebula.worlds.local.updates-per-second=100000")));
        try {
            return new ZoneOwners(stack);
        } catch (IOException e) {
            stack.close();
            throw e;
        }
    }

    /** The entities' owner: their y is the time in milliseconds at which it moved them. */
    private final class Mover implements SessionListener, AutoCloseable {
        final EntitySession session = open(SessionRole.SESSION_ROLE_SERVER, this);
        private final Thread thread = Thread.ofPlatform().name("mover").daemon().unstarted(this::move);
        private volatile boolean over;
        private volatile boolean paused;

        Mover() throws IOException {
            await(session.joined());
            List<CompletableFuture<CreatedEntity>> created = new ArrayList<>();
            for (int i = 0; i < ENTITIES; i++) {
                created.add(session.create(NewEntity.at(MIDDLE, now(), MIDDLE)));
            }
            session.flush();
            for (CompletableFuture<CreatedEntity> one : created) {
                await(one);
            }
            thread.start();
        }

        private void move() {
            while (!over) {
                if (!paused) {
                    CompletableFuture<?> unused = session.read(view -> {
                        JoinedZone zone = view.findZone().orElse(null);
                        if (zone != null && !paused) {
                            int time = now();
                            view.forEach(slot -> {
                                if (view.owner(slot) == zone.session()) {
                                    session.move(view.handle(slot), MIDDLE, time, MIDDLE);
                                }
                            });
                            session.flush();
                        }
                        return true;
                    });
                }
                LockSupport.parkNanos(PERIOD_NANOS);
            }
        }

        @Override
        public void close() {
            over = true;
            session.close();
        }
    }

    private int now() {
        return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private EntitySession open(SessionRole role, SessionListener listener) {
        return client.open(
                SessionSettings.of(ZONE).withArea(AreaOfInterest.around(MIDDLE, MIDDLE, 100_000)),
                zone -> CompletableFuture.supplyAsync(() -> ticket(role), tickets),
                listener);
    }

    private ByteString ticket(SessionRole role) {
        Metadata metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + stack.serverToken());
        StatusRuntimeException last = null;
        for (ManagedChannel channel : channels) {
            try {
                return TicketsGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                        .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                        .issueTicket(IssueTicketRequest.newBuilder()
                                .setZone(ZONE)
                                .setRole(role)
                                .setSubject("bench")
                                .build())
                        .getTicket();
            } catch (StatusRuntimeException e) {
                last = e;
            }
        }
        throw new IllegalStateException("no node issues tickets", last);
    }

    /** When the entity was moved that was moved longest ago; -1 unless every one is there. */
    private static int oldestChange(EntitySession session) throws IOException {
        return await(session.read(view -> {
            if (view.size() < ENTITIES) {
                return -1;
            }
            int[] oldest = {Integer.MAX_VALUE};
            view.forEach(slot -> oldest[0] = Math.min(oldest[0], view.y(slot)));
            return oldest[0];
        }));
    }

    /** Kills the zone's owner and waits until everything is as before. */
    Kill kill() throws IOException {
        sleep(REST);
        int owner = await("one node owns the zone", () -> {
            for (int node = 0; node < NODES; node++) {
                if (owns(node)) {
                    return node;
                }
            }
            return null;
        });
        boolean leader = leads(owner);
        long pid = stack.pid(Service.ENTITY_SYNC, owner).orElseThrow();
        long epoch = await(watcher.read(view -> view.findZone().orElseThrow().epoch()));
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        int killed = now();
        process.destroyForcibly();
        mover.paused = true;
        CompletableFuture<Integer> owned = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return await("another node owns the zone", () -> {
                            for (int node = 0; node < NODES; node++) {
                                if (node != owner && owns(node)) {
                                    return now();
                                }
                            }
                            return null;
                        });
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                tickets);
        int oldest = await("every entity is seen", () -> {
            boolean anew = await(watcher.read(
                    view -> view.findZone().filter(zone -> zone.epoch() > epoch).isPresent()));
            int found = anew ? oldestChange(watcher) : -1;
            return found < 0 ? null : found;
        });
        int seen = now();
        long ownedAt = await(owned);
        await(
                "the mover is back",
                () -> await(mover.session.read(view -> view.findZone()
                                .filter(zone -> zone.epoch() > epoch)
                                .isPresent()))
                        ? true
                        : null);
        mover.paused = false;
        return new Kill(ownedAt - killed, seen - killed, Math.max(0, killed - oldest), leader);
    }

    private boolean owns(int node) {
        try {
            return !get(node, "api/v1/zones").path("items").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean leads(int node) throws IOException {
        return "leader"
                .equalsIgnoreCase(get(node, "api/v1/ledger/status").path("role").asText());
    }

    private JsonNode get(int node, String path) throws IOException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(stack.url(Service.ENTITY_SYNC, node).resolve(path))
                            .header("Authorization", "Bearer " + stack.token())
                            .timeout(Duration.ofSeconds(1))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException(path + " answers " + answer.statusCode());
            }
            return new ObjectMapper().readTree(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @FunctionalInterface
    private interface Look<T> {
        @Nullable
        T look() throws IOException;
    }

    private static <T> T await(String what, Look<T> look) throws IOException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() - until < 0) {
            T found = look.look();
            if (found != null) {
                return found;
            }
            sleep(Duration.ofMillis(5));
        }
        throw new IOException("not in time: " + what);
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a session cannot go on: " + e, e);
        }
    }

    private static void sleep(Duration time) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        mover.close();
        watcher.close();
        client.close();
        channels.forEach(ManagedChannel::shutdownNow);
        tickets.shutdownNow();
        stack.close();
    }
}
