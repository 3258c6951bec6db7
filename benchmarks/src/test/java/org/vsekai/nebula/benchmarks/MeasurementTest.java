package org.vsekai.nebula.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    private static Measurement wall(double seconds) {
        return new Measurement(seconds, 1, 0.5, 100);
    }

    @Test
    void readsWhatGnuTimeWrites() throws IOException {
        assertThat(Measurement.parse(1.5, "0.25 0.50 2048\n")).isEqualTo(new Measurement(1.5, 0.25, 0.5, 2 << 20));
        assertThatThrownBy(() -> Measurement.parse(1, "Command exited")).isInstanceOf(IOException.class);
    }

    @Test
    void takesTheMiddle() {
        assertThat(Medians.of(3, 1, 2)).isEqualTo(2);
        assertThat(Medians.of(4, 1, 2, 3)).isEqualTo(2.5);
        assertThat(Measurement.median(List.of(wall(3), wall(9), wall(4))).wallSeconds())
                .isEqualTo(4);
        assertThatThrownBy(Medians::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void addsWhatFollows() {
        assertThat(wall(1).then(new Measurement(2, 1, 1, 50))).isEqualTo(new Measurement(3, 2, 1.5, 100));
    }

    @Test
    void turnsAlternateAndPairTheirRounds() throws IOException {
        List<String> order = new ArrayList<>();
        var results = new Turns()
                .add("a", () -> {
                    order.add("a");
                    return wall(order.size());
                })
                .add("b", () -> {
                    order.add("b");
                    return wall(2);
                })
                .run(3);

        assertThat(order).containsExactly("a", "b", "b", "a", "a", "b");
        assertThat(Turns.wallRatio(results.get("a"), results.get("b"))).isEqualTo(2);
    }
}
