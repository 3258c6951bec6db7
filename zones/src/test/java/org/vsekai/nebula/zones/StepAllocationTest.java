package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.AreaOfInterest;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.Movements;

/** A zone that is busy and has found its size takes no more memory: no collection ever makes a tick late. */
class StepAllocationTest {
    private static final int SESSIONS = 50;
    private static final int OWNED = 40;
    private static final int WARM_UP = 300;
    private static final int MEASURED = 200;
    /** Of a step; measuring takes a few itself. */
    private static final int MOST_BYTES = 256;

    private static final class Nowhere implements FrameSink {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(FrameBytes frame) {}

        @Override
        public void end(EndReason reason) {
            throw new AssertionError(reason);
        }
    }

    private static long bytesOfAStep(int bytesPerSecond) {
        TestSettings settings = new TestSettings();
        settings.cellsX = 20;
        settings.cellsZ = 20;
        settings.largestRadius = 100_000;
        settings.entities = SESSIONS * OWNED;
        settings.bytesPerSecond = bytesPerSecond;
        Random random = new Random(1);
        Zone zone = new Zone(settings.build(), random);
        byte[][][] frames = new byte[2][SESSIONS][];
        Session[] sessions = new Session[SESSIONS];
        for (int i = 0; i < SESSIONS; i++) {
            Session session = zone.join(Role.PLAYER, new Nowhere(), new SessionToken(i, i), null);
            sessions[i] = session;
            ClientFrame.Builder creates = ClientFrame.newBuilder()
                    .setInterest(AreaOfInterest.newBuilder()
                            .setX(random.nextInt(200_000))
                            .setZ(random.nextInt(200_000))
                            .setRadius(80_000)
                            .setFollow(1 + i * OWNED));
            Movements.Builder[] moves = {Movements.newBuilder(), Movements.newBuilder()};
            for (int k = 0; k < OWNED; k++) {
                int x = random.nextInt(200_000);
                int z = random.nextInt(200_000);
                creates.addCreate(CreateEntity.newBuilder().setX(x).setZ(z));
                for (int way = 0; way < 2; way++) {
                    // There and back, far enough that some change their cell each time.
                    moves[way]
                            .addHandles(k == 0 ? 1 + i * OWNED : 1)
                            .addPositions(x + way * 1_500)
                            .addPositions(way)
                            .addPositions(z - way * 1_500)
                            .addRotations(way)
                            .addVelocities(way)
                            .addVelocities(0)
                            .addVelocities(-way);
                }
            }
            byte[] bytes = creates.build().toByteArray();
            zone.receive(session, bytes, 0, bytes.length, 100);
            for (int way = 0; way < 2; way++) {
                frames[way][i] = ClientFrame.newBuilder()
                        .addMovements(moves[way])
                        .build()
                        .toByteArray();
            }
        }
        run(zone, sessions, frames, WARM_UP);
        assertThat(zone.statistics().refusals()).isZero();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        run(zone, sessions, frames, MEASURED);
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(zone.statistics().updatesOut()).isGreaterThan(1_000_000);
        return taken / MEASURED;
    }

    private static void run(Zone zone, Session[] sessions, byte[][][] frames, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < SESSIONS; i++) {
                byte[] frame = frames[step & 1][i];
                zone.receive(sessions[i], frame, 0, frame.length, 100);
            }
            zone.step(100);
        }
    }

    @Test
    void aStepAllocatesNothing() {
        assertThat(bytesOfAStep(1 << 30)).isLessThan(MOST_BYTES);
    }

    @Test
    void aStepThatPutsCellsOffAllocatesNothing() {
        assertThat(bytesOfAStep(60_000)).isLessThan(MOST_BYTES);
    }
}
