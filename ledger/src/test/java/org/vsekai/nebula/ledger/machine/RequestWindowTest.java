package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.ledger.RequestId;
import org.vsekai.nebula.ledger.Result;

class RequestWindowTest {
    private record Kept(long millis, long hash, byte[] result) {}

    @Test
    void rememberingAndForgettingAgreeWithAMapOverManyPages() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RequestWindow window = new RequestWindow();
        Map<RequestId, Kept> expected = new LinkedHashMap<>();
        List<RequestId> forgotten = new ArrayList<>();
        long millis = 0;
        for (int round = 0; round < 60; round++) {
            int burst = random.nextInt(2_000);
            for (int i = 0; i < burst; i++) {
                millis += random.nextInt(2);
                RequestId id = new RequestId(new UUID(random.nextLong(), random.nextInt(64)));
                Kept kept = new Kept(millis, random.nextLong(), result(random));
                window.add(id, kept.hash(), millis, kept.result());
                expected.put(id, kept);
            }
            long until = millis - random.nextInt(3_000);
            window.forget(until);
            expected.entrySet().removeIf(entry -> {
                boolean due = entry.getValue().millis() <= until;
                if (due) {
                    forgotten.add(entry.getKey());
                }
                return due;
            });
            assertThat(window.size()).as("seed %d", seed).isEqualTo(expected.size());
            expected.forEach((id, kept) -> {
                RequestWindow.Remembered found = window.find(id);
                assertThat(found).as("seed %d", seed).isNotNull();
                assertThat(found.commandHash()).isEqualTo(kept.hash());
                assertThat(found.result()).isEqualTo(kept.result());
            });
            assertThat(forgotten).as("seed %d", seed).allMatch(id -> window.find(id) == null);
            forgotten.clear();
        }
    }

    private static byte[] result(Random random) {
        return ResultCodec.encode(
                random.nextInt(4) == 0
                        ? new Result.LeaseLost("node/" + random.nextInt())
                        : new Result.CounterValue(random.nextLong()));
    }
}
