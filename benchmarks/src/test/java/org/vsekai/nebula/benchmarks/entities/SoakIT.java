package org.vsekai.nebula.benchmarks.entities;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short soak of a real server: what sessions and entities that have gone leave behind would show, slow growth would not. */
class SoakIT {
    @TempDir
    Path folder;

    @Test
    void memoryStaysAsItIsWhileSessionsComeAndGo() throws IOException {
        Soak.Outcome outcome = Soak.run(
                Scenario.churn(20, 20),
                Path.of("").toAbsolutePath().getParent(),
                folder,
                List.of("-XX:+UseSerialGC", "-Xmx128m", "--enable-native-access=ALL-UNNAMED"),
                Duration.ofSeconds(5),
                8);

        System.out.print(outcome.table());
        assertThat(outcome.wrongViews()).isZero();
        assertThat(outcome.intervals())
                .allSatisfy(interval -> assertThat(interval.visitors()).isPositive());
        assertThat(outcome.isFlat()).isTrue();
    }
}
