package org.vsekai.nebula.benchmarks.entities;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.vsekai.nebula.api.entities.v1.AreaOfInterest;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.zones.EndReason;
import org.vsekai.nebula.zones.FrameBytes;
import org.vsekai.nebula.zones.FrameSink;
import org.vsekai.nebula.zones.Role;
import org.vsekai.nebula.zones.Session;
import org.vsekai.nebula.zones.SessionToken;
import org.vsekai.nebula.zones.Zone;
import org.vsekai.nebula.zones.ZoneSettings;

/** A zone's steps alone, without a network: who must be told of what, and the frames for it. */
final class Relevance {
    private static final int OWNERS = 20;
    private static final int CREATED_IN_FRAME = 250;

    private Relevance() {}

    /** @param updates told in all measured steps */
    record Outcome(Latencies steps, Latencies inputs, long updates, long bytes, double meanOpenCells) {}

    static Outcome run(Scenario scenario, int observers, int warmUp, int steps) {
        Random random = new Random(42);
        int cells = scenario.sizeMillimetres() / scenario.cellMillimetres();
        Zone zone = new Zone(
                new ZoneSettings(
                        "bench/0/0",
                        1,
                        20,
                        scenario.cellMillimetres(),
                        cells,
                        cells,
                        scenario.radiusMillimetres(),
                        scenario.entities(),
                        OWNERS + observers,
                        1 << 24,
                        10_000_000,
                        List.of(),
                        ZoneSettings.ONE_TIER),
                random);
        Walkers walkers = new Walkers(scenario.entities(), scenario.sizeMillimetres(), scenario.rate(), 42);
        int perOwner = scenario.entities() / OWNERS;
        List<Session> owners = new ArrayList<>();
        for (int owner = 0; owner < OWNERS; owner++) {
            Session session = zone.join(Role.PLAYER, new Nowhere(), new SessionToken(owner, 1), null);
            owners.add(session);
            for (int first = 0; first < perOwner; first += CREATED_IN_FRAME) {
                ClientFrame.Builder frame = ClientFrame.newBuilder();
                for (int i = first; i < Math.min(perOwner, first + CREATED_IN_FRAME); i++) {
                    int entity = owner * perOwner + i;
                    frame.addCreate(CreateEntity.newBuilder()
                            .setX(walkers.x(entity))
                            .setZ(walkers.z(entity))
                            .setRotation(walkers.rotation(entity)));
                }
                send(zone, session, frame);
            }
            zone.step(100);
        }
        for (int observer = 0; observer < observers; observer++) {
            Session session = zone.join(Role.OBSERVER, new Nowhere(), new SessionToken(observer, 2), null);
            int at = (int) ((long) observer * scenario.entities() / observers);
            send(
                    zone,
                    session,
                    ClientFrame.newBuilder()
                            .setInterest(AreaOfInterest.newBuilder()
                                    .setX(walkers.x(at))
                                    .setZ(walkers.z(at))
                                    .setRadius(scenario.radiusMillimetres())));
        }
        int moving = (int) (perOwner * scenario.movedPart());
        Latencies stepTimes = new Latencies();
        Latencies inputTimes = new Latencies();
        long updates = 0;
        long bytes = 0;
        for (int step = 0; step < warmUp + steps; step++) {
            if (step == warmUp) {
                updates = zone.statistics().updatesOut();
                bytes = zone.statistics().bytesOut();
            }
            List<byte[]> frames = new ArrayList<>();
            for (int owner = 0; owner < OWNERS; owner++) {
                Movements.Builder moves = Movements.newBuilder();
                int first = random.nextInt(perOwner - moving + 1);
                for (int i = 0; i < moving; i++) {
                    int entity = owner * perOwner + first + i;
                    walkers.walk(entity);
                    // Handles are given in the order of creation, from 1.
                    moves.addHandles(i == 0 ? entity + 1 : 1)
                            .addPositions(walkers.x(entity))
                            .addPositions(step)
                            .addPositions(walkers.z(entity))
                            .addRotations(walkers.rotation(entity));
                }
                frames.add(ClientFrame.newBuilder().addMovements(moves).build().toByteArray());
            }
            long begin = System.nanoTime();
            for (int owner = 0; owner < OWNERS; owner++) {
                zone.receive(owners.get(owner), frames.get(owner), 0, frames.get(owner).length, 100);
            }
            long middle = System.nanoTime();
            zone.step(100);
            if (step >= warmUp) {
                inputTimes.record(middle - begin);
                stepTimes.record(System.nanoTime() - middle);
            }
        }
        return new Outcome(
                stepTimes,
                inputTimes,
                zone.statistics().updatesOut() - updates,
                zone.statistics().bytesOut() - bytes,
                zone.sessions().stream()
                        .filter(session -> session.role() == Role.OBSERVER)
                        .mapToInt(Session::openCells)
                        .average()
                        .orElse(0));
    }

    private static void send(Zone zone, Session session, ClientFrame.Builder frame) {
        byte[] bytes = frame.build().toByteArray();
        zone.receive(session, bytes, 0, bytes.length, 100);
    }

    /** Takes frames as a transport does, by copying them. */
    private static final class Nowhere implements FrameSink {
        private byte[] buffer = new byte[1 << 18];

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(FrameBytes frame) {
            if (buffer.length < frame.size()) {
                buffer = new byte[frame.size()];
            }
            frame.copyTo(buffer, 0);
        }

        @Override
        public void end(EndReason reason) {
            throw new IllegalStateException("a session ended: " + reason);
        }
    }
}
