package org.vsekai.nebula.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProgramIT {
    @BeforeEach
    void gnuTime() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/time")), "GNU time is not installed");
    }

    @Test
    void measuresAFreshProcessAndNotThisOne() throws IOException {
        Measurement measured = Program.of("sh", "-c", "test \"$WANTED\" = yes")
                .with("WANTED", "yes")
                .on("0")
                .measure();

        assertThat(measured.wallSeconds()).isPositive();
        assertThat(measured.peakBytes()).isBetween(1L << 18, 16L << 20);
    }

    @Test
    void failsWithWhatTheProgramPrinted() {
        assertThatThrownBy(() -> Program.of("sh", "-c", "echo broken; exit 3").measure())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("broken");
    }
}
