package org.vsekai.nebula.client.entities;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The open-addressed indexes against the JDK's maps. */
class IndexTest {
    @Test
    void numbersAreFoundWhateverCameAndWentBefore() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        IntIndex index = new IntIndex();
        Map<Integer, Integer> model = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            // Near each other, far apart, and 0, so that chains form and break.
            int key = random.nextInt(4) == 0 ? random.nextInt(8) << 28 : random.nextInt(300);
            if (random.nextBoolean()) {
                index.put(key, i);
                model.put(key, i);
            } else {
                Integer before = model.remove(key);
                assertThat(index.remove(key)).as("seed %d", seed).isEqualTo(before == null ? -1 : before);
            }
            int asked = random.nextInt(300);
            assertThat(index.get(asked)).as("seed %d", seed).isEqualTo(model.getOrDefault(asked, -1));
            assertThat(index.size()).as("seed %d", seed).isEqualTo(model.size());
        }
        index.clear();
        assertThat(index.size()).isZero();
        assertThat(index.get(0)).isEqualTo(-1);
    }

    @Test
    void idsAreFoundWhateverCameAndWentBefore() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        IdIndex index = new IdIndex();
        index.grow(400);
        Map<UUID, Integer> model = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            int slot = random.nextInt(400);
            UUID id = new UUID(slot % 5, slot);
            if (model.remove(id) == null) {
                index.add(slot, id.getMostSignificantBits(), id.getLeastSignificantBits());
                model.put(id, slot);
            } else {
                index.remove(slot);
            }
            int asked = random.nextInt(400);
            assertThat(index.find(asked % 5, asked))
                    .as("seed %d", seed)
                    .isEqualTo(model.getOrDefault(new UUID(asked % 5, asked), -1));
        }
    }
}
