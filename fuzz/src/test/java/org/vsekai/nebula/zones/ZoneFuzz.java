package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import org.vsekai.nebula.fuzz.Bounded;

/** Whatever a client sends is done or ends its session, and the zone goes on and serves the others. */
class ZoneFuzz {
    private static final ComponentSchema HEALTH = new ComponentSchema(3, "health", 8, Persistence.DURABLE, true);

    /** Counts what comes. */
    private static final class Sink implements FrameSink {
        int frames;
        boolean ended;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(FrameBytes frame) {
            assertThat(ended).isFalse();
            frame.copyTo(new byte[frame.size()], 0);
            frames++;
        }

        @Override
        public void end(EndReason reason) {
            assertThat(ended).isFalse();
            assertThat(reason).isIn(EndReason.INVALID_FRAME, EndReason.TOO_FAST);
            ended = true;
        }
    }

    @FuzzTest(maxDuration = "15s")
    void receive(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            Zone zone = new Zone(
                    new ZoneSettings(
                            "z",
                            1,
                            20,
                            10_000,
                            4,
                            4,
                            20_000,
                            300,
                            4,
                            1 << 20,
                            10_000,
                            List.of(HEALTH),
                            ZoneSettings.TIERS),
                    new Random(1));
            Sink strangersSink = new Sink();
            Sink othersSink = new Sink();
            Session stranger = zone.join(Role.PLAYER, strangersSink, new SessionToken(1, 1), null);
            Session other = zone.join(Role.PLAYER, othersSink, new SessionToken(2, 2), null);
            // An entity of the other's, at the corner; and the other sees everything near it.
            receive(zone, other, new byte[] {2 << 3 | 2, 2, 1 << 3, 1});
            receive(zone, other, new byte[] {7 << 3 | 2, 4, 3 << 3, (byte) 0xa0, (byte) 0x9c, 1});
            zone.step(10);

            zone.receive(stranger, input, 0, input.length, 10);
            assertThat(stranger.isAway()).isEqualTo(strangersSink.ended);
            zone.step(10);
            zone.receive(stranger, input, 0, input.length, 10);
            zone.step(10);

            List<EntityInfo> entities = zone.entitiesAfter(0, 1_000);
            assertThat(entities).hasSize(zone.entities());
            EntityInfo first = entities.getFirst();
            assertThat(first.handle()).isEqualTo(1);
            assertThat(first.owner()).isEqualTo(other.number());
            assertThat(List.of(first.x(), first.y(), first.z())).containsOnly(0);
            for (int i = 0; i < 40; i++) {
                zone.step(10);
            }
            assertThat(othersSink.ended).isFalse();
            assertThat(othersSink.frames).isGreaterThan(2);
            for (int i = 0; i < other.openCells(); i++) {
                assertThat(other.told(i)).isGreaterThan(zone.tick() - 5);
            }
        });
    }

    private static void receive(Zone zone, Session session, byte[] frame) {
        zone.receive(session, frame, 0, frame.length, 10);
        assertThat(session.isAway()).isFalse();
    }
}
