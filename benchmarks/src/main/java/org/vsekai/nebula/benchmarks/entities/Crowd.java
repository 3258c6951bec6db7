package org.vsekai.nebula.benchmarks.entities;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.vsekai.nebula.api.entities.v1.IssueTicketRequest;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.api.entities.v1.TicketsGrpc;
import org.vsekai.nebula.client.entities.AreaOfInterest;
import org.vsekai.nebula.client.entities.ClientSettings;
import org.vsekai.nebula.client.entities.CreatedEntity;
import org.vsekai.nebula.client.entities.EntityClient;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.JoinedZone;
import org.vsekai.nebula.client.entities.NewEntity;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.client.entities.SessionSettings;
import org.vsekai.nebula.client.entities.ViewListener;
import org.vsekai.nebula.client.entities.ZoneView;

/**
 * All sessions of a scenario, in this process. One thread sends each owner's movements at times that are fixed beforehand, whether or not
 * it keeps up; an entity's y is the number of its update, so whoever sees it knows when that was meant to be sent.
 */
final class Crowd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CREATED_AT_ONCE = 2000;

    private final Scenario scenario;
    private final ManagedChannel channel;
    private final TicketsGrpc.TicketsFutureStub tickets;
    private final EntityClient client;
    private final Walkers walkers;
    private final List<Seer> seers = new ArrayList<>();
    private final List<EntitySession> owners = new ArrayList<>();
    private final int[] handles;
    private final UUID[] ids;
    private final int[] numbers;
    private final int[] rotations;
    /** Entity by handle; what was created by others is -1. */
    private int[] entityOf = {};

    private Latencies joins = new Latencies();
    private Latencies lateness = new Latencies();
    private volatile long startNanos;
    private volatile boolean measuring;
    private long sent;

    Crowd(Scenario scenario, EntityServer server, int threads) {
        this.scenario = scenario;
        channel = Grpc.newChannelBuilder(server.address().toString(), InsecureChannelCredentials.create())
                .build();
        Metadata token = new Metadata();
        token.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + EntityServer.TOKEN);
        tickets = TicketsGrpc.newFutureStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token));
        client = new EntityClient(ClientSettings.of(server.address(), InsecureChannelCredentials.create())
                .withThreads(threads));
        walkers = new Walkers(scenario.entities(), scenario.sizeMillimetres(), scenario.rate(), 42);
        handles = new int[scenario.entities()];
        ids = new UUID[scenario.entities()];
        numbers = new int[scenario.entities()];
        rotations = new int[scenario.entities()];
    }

    /** What was seen while it was measured. */
    record Seen(long sent, long delivered, long bytes, Latencies latencies, Latencies lateness, Latencies joins) {}

    /** A session and what it has seen; all but the constructor is called on the session's thread. */
    private final class Seer implements SessionListener, ViewListener {
        Latencies latencies = new Latencies();
        long delivered;
        long nowNanos;
        final EntitySession session;

        Seer(SessionRole role, AreaOfInterest area) {
            session =
                    client.open(SessionSettings.of(EntityServer.ZONE).withArea(area), zone -> ticket(role), this, this);
        }

        @Override
        public void changed(ZoneView view, int slot) {
            if (!measuring) {
                return;
            }
            int handle = view.handle(slot);
            int entity = handle < entityOf.length ? entityOf[handle] : -1;
            if (entity >= 0) {
                if (nowNanos == 0) {
                    nowNanos = System.nanoTime();
                }
                delivered++;
                latencies.record(nowNanos - intendedNanos(entity, view.y(slot)));
            }
        }

        @Override
        public void received(EntitySession of, ZoneView view) {
            nowNanos = 0;
        }
    }

    private CompletionStage<ByteString> ticket(SessionRole role) {
        CompletableFuture<ByteString> ticket = new CompletableFuture<>();
        var asked = tickets.issueTicket(IssueTicketRequest.newBuilder()
                .setZone(EntityServer.ZONE)
                .setRole(role)
                .setSubject("load")
                .build());
        asked.addListener(
                () -> {
                    try {
                        ticket.complete(asked.get().getTicket());
                    } catch (InterruptedException | ExecutionException e) {
                        ticket.completeExceptionally(e);
                    }
                },
                Runnable::run);
        return ticket;
    }

    private int perOwner() {
        return scenario.entities() / scenario.owners();
    }

    /** When the update of this number is to be sent, that of number 0 being the entity's creation. */
    private long intendedNanos(int entity, int number) {
        long period = TimeUnit.SECONDS.toNanos(1) / scenario.rate();
        int owner = entity / perOwner();
        return startNanos + period * owner / scenario.owners() + number * period;
    }

    private AreaOfInterest around(int x, int z) {
        return AreaOfInterest.around(x, z, scenario.radiusMillimetres());
    }

    /** Has everybody join and everything be there. */
    void gather() throws IOException {
        for (int owner = 0; owner < scenario.owners(); owner++) {
            Seer seer = new Seer(SessionRole.SESSION_ROLE_PLAYER, AreaOfInterest.NOTHING);
            seers.add(seer);
            owners.add(seer.session);
        }
        for (int observer = 0; observer < scenario.observers(); observer++) {
            int at = (int) ((long) observer * scenario.entities() / scenario.observers());
            seers.add(new Seer(SessionRole.SESSION_ROLE_OBSERVER, around(walkers.x(at), walkers.z(at))));
        }
        for (Seer seer : seers) {
            await(seer.session.joined());
        }
        int largest = 0;
        for (int first = 0; first < scenario.entities(); first += CREATED_AT_ONCE) {
            List<CompletableFuture<CreatedEntity>> created = new ArrayList<>();
            int end = Math.min(scenario.entities(), first + CREATED_AT_ONCE);
            for (int entity = first; entity < end; entity++) {
                EntitySession owner = owners.get(entity / perOwner());
                rotations[entity] = walkers.rotation(entity);
                created.add(owner.create(
                        NewEntity.at(walkers.x(entity), 0, walkers.z(entity)).withRotation(rotations[entity])));
                owner.flush();
            }
            for (int entity = first; entity < end; entity++) {
                CreatedEntity made = await(created.get(entity - first));
                handles[entity] = made.handle();
                ids[entity] = made.id();
                largest = Math.max(largest, made.handle());
            }
        }
        int[] byHandle = new int[largest + 1];
        Arrays.fill(byHandle, -1);
        for (int entity = 0; entity < scenario.entities(); entity++) {
            byHandle[handles[entity]] = entity;
        }
        entityOf = byHandle;
        for (int owner = 0; scenario.ownersSee() && owner < owners.size(); owner++) {
            EntitySession session = owners.get(owner);
            session.setInterest(AreaOfInterest.following(handles[owner * perOwner()], scenario.radiusMillimetres()));
            session.flush();
        }
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a session cannot go on: " + e, e);
        }
    }

    /**
     * Has the entities move for some time.
     *
     * @param measured whether this counts
     */
    Seen move(Duration length, boolean measured) throws IOException {
        long period = TimeUnit.SECONDS.toNanos(1) / scenario.rate();
        int firstNumber = numbers[0];
        // Numbers go on where they were, and with them the times that they stand for.
        startNanos = System.nanoTime() + period - firstNumber * period;
        int rounds = (int) (length.toNanos() / period);
        long bytesBefore = bytes();
        sent = 0;
        for (Seer seer : seers) {
            seer.delivered = 0;
            seer.latencies = new Latencies();
        }
        joins = new Latencies();
        lateness = new Latencies();
        measuring = measured;
        List<Visitor> visitors = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (int owner = 0; owner < owners.size(); owner++) {
                long due = intendedNanos(owner * perOwner(), firstNumber + round);
                long wait = due - System.nanoTime();
                while (wait > 0) {
                    LockSupport.parkNanos(wait);
                    wait = due - System.nanoTime();
                }
                if (measured) {
                    lateness.record(System.nanoTime() - due);
                }
                send(owner, firstNumber + round);
                visit(visitors, round, owner);
            }
        }
        EntityServer.pause(Duration.ofMillis(500));
        measuring = false;
        for (Visitor visitor : visitors) {
            visitor.leave();
        }
        Latencies latencies = new Latencies();
        long delivered = 0;
        for (Seer seer : seers) {
            latencies.add(seer.latencies);
            delivered += seer.delivered;
        }
        return new Seen(sent, delivered, bytes() - bytesBefore, latencies, lateness, joins);
    }

    private void send(int owner, int number) {
        EntitySession session = owners.get(owner);
        int first = owner * perOwner();
        int moving = (int) Math.ceil(perOwner() * scenario.movedPart());
        int from = scenario.movedPart() < 1 ? ThreadLocalRandom.current().nextInt(perOwner() - moving + 1) : 0;
        for (int i = 0; i < moving; i++) {
            int entity = first + from + i;
            walkers.walk(entity);
            numbers[entity] = number;
            rotations[entity] = walkers.rotation(entity);
            session.move(handles[entity], walkers.x(entity), number, walkers.z(entity));
            session.turn(handles[entity], rotations[entity]);
            sent++;
        }
        session.flush();
    }

    /** Somebody who comes with an entity, looks and goes, and the entity with them. */
    private final class Visitor {
        final long cameNanos = System.nanoTime();
        final Latencies joins = Crowd.this.joins;
        final EntitySession session = client.open(
                SessionSettings.of(EntityServer.ZONE)
                        .withArea(around(scenario.sizeMillimetres() / 2, scenario.sizeMillimetres() / 2)),
                zone -> ticket(SessionRole.SESSION_ROLE_PLAYER),
                new SessionListener() {
                    private boolean saw;

                    @Override
                    public void joined(EntitySession of, JoinedZone zone, boolean again) {
                        CompletableFuture<CreatedEntity> unused = of.create(
                                NewEntity.at(scenario.sizeMillimetres() / 2, 0, scenario.sizeMillimetres() / 2));
                        of.flush();
                    }

                    @Override
                    public void received(EntitySession of, ZoneView view) {
                        if (!saw && view.size() > 0) {
                            saw = true;
                            synchronized (joins) {
                                joins.record(System.nanoTime() - cameNanos);
                            }
                        }
                    }
                });

        void leave() {
            session.close();
        }
    }

    private void visit(List<Visitor> visitors, int round, int owner) {
        if (scenario.joinsPerSecond() == 0 || owner != 0) {
            return;
        }
        int before = (int) ((long) (round - 1) * scenario.joinsPerSecond() / scenario.rate());
        int now = (int) ((long) round * scenario.joinsPerSecond() / scenario.rate());
        for (int i = before; i < now; i++) {
            visitors.add(new Visitor());
        }
        while (visitors.size() > 5 * scenario.joinsPerSecond()) {
            visitors.removeFirst().leave();
        }
    }

    private long bytes() {
        return seers.stream()
                .mapToLong(seer -> seer.session.statistics().bytesReceived())
                .sum();
    }

    /** How many sessions do not see exactly what they should, now that all is quiet. */
    int wrongViews() throws IOException {
        int wrong = 0;
        for (Seer seer : seers) {
            boolean isRight = await(seer.session.read(view -> isRight(view)));
            wrong += isRight ? 0 : 1;
        }
        return wrong;
    }

    /** In a room a view must have every entity as it was sent last; elsewhere those that it has, and all that are near. */
    private boolean isRight(ZoneView view) {
        long expected = 0;
        int count = 0;
        for (int entity = 0; entity < scenario.entities(); entity++) {
            int slot = view.slot(handles[entity]);
            if (slot >= 0) {
                count++;
                expected += ZoneView.checksum(
                        ids[entity].getMostSignificantBits(),
                        ids[entity].getLeastSignificantBits(),
                        walkers.x(entity),
                        numbers[entity],
                        walkers.z(entity),
                        rotations[entity]);
            }
        }
        boolean whole = !scenario.name().equals("room") || count == scenario.entities();
        return whole && view.size() == count && view.checksum() == expected;
    }

    /** How many entities a session sees, as a mean. */
    double meanView() throws IOException {
        double sum = 0;
        int seeing = 0;
        for (Seer seer : seers) {
            int size = await(seer.session.read(ZoneView::size));
            sum += size;
            seeing += size > 0 ? 1 : 0;
        }
        return seeing == 0 ? 0 : sum / seeing;
    }

    @Override
    public void close() {
        client.close();
        channel.shutdownNow();
    }
}
