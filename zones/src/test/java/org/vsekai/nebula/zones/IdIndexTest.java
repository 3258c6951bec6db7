package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdIndexTest {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());

    private static void compare(int slots, int ids, int actions) {
        Random random = new Random(SEED);
        long[] high = new long[slots];
        long[] low = new long[slots];
        IdIndex index = new IdIndex(high, low, random);
        // Few distinct ids, so that they come again; halves that are alike, so that their places meet.
        List<UUID> all = new ArrayList<>();
        for (int i = 0; i < ids; i++) {
            long half = random.nextInt(4);
            all.add(i % 2 == 0 ? new UUID(random.nextLong(), random.nextLong()) : new UUID(i, (long) i << 32 | half));
        }
        Map<UUID, Integer> expected = new HashMap<>();
        List<Integer> free = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            free.add(slot);
        }
        for (int i = 0; i < actions; i++) {
            UUID id = all.get(random.nextInt(ids));
            Integer slot = expected.get(id);
            assertThat(index.find(id.getMostSignificantBits(), id.getLeastSignificantBits()))
                    .as("seed %d, action %d", SEED, i)
                    .isEqualTo(slot == null ? -1 : slot);
            if (slot != null) {
                index.remove(slot);
                free.add(expected.remove(id));
            } else if (!free.isEmpty()) {
                int into = free.remove(random.nextInt(free.size()));
                high[into] = id.getMostSignificantBits();
                low[into] = id.getLeastSignificantBits();
                index.add(into);
                expected.put(id, into);
            }
        }
        for (UUID id : all) {
            assertThat(index.find(id.getMostSignificantBits(), id.getLeastSignificantBits()))
                    .as("seed %d", SEED)
                    .isEqualTo(expected.getOrDefault(id, -1));
        }
    }

    @Test
    void findsWhatAMapFinds() {
        compare(1, 3, 1_000);
        compare(8, 12, 20_000);
        compare(500, 600, 100_000);
    }
}
