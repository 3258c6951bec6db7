package org.vsekai.nebula.sync.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.EndReason;
import org.vsekai.nebula.zones.FrameBytes;
import org.vsekai.nebula.zones.FrameSink;
import org.vsekai.nebula.zones.Role;
import org.vsekai.nebula.zones.Session;
import org.vsekai.nebula.zones.SessionToken;
import org.vsekai.nebula.zones.Zone;
import org.vsekai.nebula.zones.ZoneSettings;

class ZoneThreadTest {
    private final ZoneThread zone = new ZoneThread(
            new ZoneName("city", 0, 0),
            new Zone(
                    new ZoneSettings(
                            "city/0/0",
                            1,
                            60,
                            1000,
                            1,
                            1,
                            1000,
                            10,
                            10,
                            1 << 20,
                            1000,
                            List.of(),
                            ZoneSettings.ONE_TIER),
                    new Random(1)),
            100,
            new StepTimes(10));

    @Test
    void whatWaitsWhenTheZoneEndsIsToldSo() throws Exception {
        zone.start();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        assertThat(zone.offer(
                        in -> {
                            entered.countDown();
                            try {
                                held.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        () -> {}))
                .isTrue();
        entered.await();
        CompletableFuture<Integer> asked = zone.ask(Zone::tick).toCompletableFuture();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(zone::close);
        while (!zone.isEnding()) {
            Thread.onSpinWait();
        }
        assertThat(zone.offer(in -> {}, () -> {})).isFalse();
        held.countDown();
        assertThat(asked)
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseInstanceOf(ZoneGoneException.class);
        closed.get(30, TimeUnit.SECONDS);
        assertThat(zone.ask(Zone::tick)).isCompletedExceptionally();
    }

    @Test
    void aQuestionIsAnsweredByTheZonesThread() throws Exception {
        zone.start();
        assertThat(zone.ask(in -> Thread.currentThread().getName())
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS))
                .isEqualTo("zone-city/0/0");
        zone.close();
    }

    @Test
    void aZoneThatFinishesDoesWhatSessionsSentAndThenAnswersQuestionsAlone() throws Exception {
        zone.start();
        List<EndReason> ends = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> joined = new CompletableFuture<>();
        assertThat(zone.offer(
                        in -> {
                            Session unused = in.join(Role.PLAYER, new EndOnly(ends), new SessionToken(1, 2), null);
                            joined.complete(null);
                        },
                        () -> {}))
                .isTrue();
        joined.get(30, TimeUnit.SECONDS);

        zone.finish().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(ends).containsExactly(EndReason.ZONE_MOVED);
        assertThat(zone.offer(in -> {}, () -> {})).isFalse();
        int tick = zone.ask(Zone::tick).toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(zone.ask(in -> in.sessions().size()).toCompletableFuture().get(30, TimeUnit.SECONDS))
                .as("they may come back elsewhere")
                .isEqualTo(1);
        assertThat(zone.ask(Zone::tick).toCompletableFuture().get(30, TimeUnit.SECONDS))
                .as("nothing changes any more")
                .isEqualTo(tick);

        zone.close();
        assertThat(zone.ended()).isCompleted();
        assertThat(zone.ask(Zone::tick)).isCompletedExceptionally();
    }

    @Test
    void aZoneThatIsGivenUpEndsByItself() {
        zone.start();
        zone.giveUp();
        assertThat(zone.ended()).succeedsWithin(30, TimeUnit.SECONDS);
        assertThat(zone.finish()).as("there is nothing to finish").isCompleted();
    }

    /** Is always ready, and hears of the end. */
    private record EndOnly(List<EndReason> ends) implements FrameSink {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(FrameBytes frame) {
            // What it says is not looked at.
        }

        @Override
        public void end(EndReason reason) {
            ends.add(reason);
        }
    }
}
