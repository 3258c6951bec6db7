package org.vsekai.nebula.sync.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.sync.world.ZoneName;
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
}
