package org.vsekai.nebula.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsColumnsAndRoundsFigures() {
        Table table =
                new Table("what", "wall s", "ratio").row("make", 12.345, 0.6).row("extract", 1234.5, Double.NaN);

        assertThat(table.toString()).isEqualTo("""
                | what    | wall s | ratio |
                | ------- | -----: | ----: |
                | make    |   12.3 |  0.60 |
                | extract |   1235 |     - |
                """);
    }

    @Test
    void refusesARowOfAnotherWidth() {
        assertThatThrownBy(() -> new Table("a", "b").row("one")).isInstanceOf(IllegalArgumentException.class);
    }
}
