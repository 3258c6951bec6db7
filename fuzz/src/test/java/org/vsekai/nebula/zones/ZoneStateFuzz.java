package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import org.vsekai.nebula.fuzz.Bounded;

/**
 * What a shared cache holds of a zone is taken up or refused as damaged; what was taken up can be written down, taken up by the next owner, and is the
 * same there.
 */
class ZoneStateFuzz {
    private static final int MOST_ENTITIES = 300;
    private static final ComponentSchema HEALTH = new ComponentSchema(3, "health", 8, Persistence.DURABLE, true);

    private static Zone zone(long epoch) {
        return new Zone(
                new ZoneSettings(
                        "z",
                        epoch,
                        20,
                        10_000,
                        4,
                        4,
                        20_000,
                        MOST_ENTITIES,
                        4,
                        1 << 20,
                        10_000,
                        List.of(HEALTH),
                        ZoneSettings.TIERS),
                new Random(1));
    }

    /** @param input two bytes that say how long the sessions are, those, and a page */
    @FuzzTest(maxDuration = "15s")
    void restore(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            int split = input.length < 2 ? 0 : Math.min(input.length - 2, (input[0] & 0xff) << 8 | input[1] & 0xff);
            int begin = Math.min(2, input.length);
            Zone first = zone(1);
            try {
                first.restoreSessions(input, begin, split);
            } catch (DamagedStateException e) {
                assertThat(first.sessions()).isEmpty();
            }
            for (int page = 0; page < 2; page++) {
                int before = first.entities();
                try {
                    first.restorePage(page, input, begin + split, input.length - begin - split);
                } catch (DamagedStateException e) {
                    assertThat(first.entities())
                            .as("nothing of a damaged page is there")
                            .isEqualTo(before);
                }
            }
            first.restored(10);
            first.step(10);
            assertThat(first.entities()).isLessThanOrEqualTo(MOST_ENTITIES);

            ZoneCapture capture = new ZoneCapture();
            first.capture(capture, 0);
            Zone second = zone(2);
            second.restoreSessions(capture.bytes(), capture.sessionsOffset(), capture.sessionsLength());
            for (int i = 0; i < capture.pages(); i++) {
                second.restorePage(capture.page(i), capture.bytes(), capture.offset(i), capture.length(i));
            }
            second.restored(10);
            assertThat(second.sessions()).hasSameSizeAs(first.sessions());
            assertThat(second.entitiesAfter(0, MOST_ENTITIES)).isEqualTo(first.entitiesAfter(0, MOST_ENTITIES));
        });
    }
}
