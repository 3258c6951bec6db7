package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueCellsTest {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());

    @Test
    void theLeastComesFirstOnceOrderedAndElseTheFirst() {
        Random random = new Random(SEED);
        DueCells due = new DueCells();
        for (int run = 0; run < 2_000; run++) {
            long[] expected = random.longs(random.nextInt(150), -50, 50)
                    .map(n -> n << random.nextInt(40))
                    .toArray();
            due.clear();
            for (long number : expected) {
                due.add(number);
            }
            if (random.nextBoolean()) {
                due.order();
                Arrays.sort(expected);
            }
            for (int i = 0; i < expected.length; i++) {
                assertThat(due.size()).as("seed %d", SEED).isEqualTo(expected.length - i);
                assertThat(due.take()).as("seed %d", SEED).isEqualTo(expected[i]);
            }
            assertThat(due.size()).as("seed %d", SEED).isZero();
        }
    }
}
