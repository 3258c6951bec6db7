package org.vsekai.nebula.benchmarks.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadTest {
    @Test
    void figuresAreReadFromTheLineOfTheScript() throws Exception {
        Load load = Load.parse("Running 2s test\nRESULT 40000 2000000 500.0 1500.5 9000 3\nbye\n", 1.0);
        assertThat(load).isEqualTo(new Load(20_000, 25, 0.5, 1.5005, 3));
    }

    @Test
    void runWithoutRequestsIsAnErrorThatShowsWhatWrkPrinted() {
        for (String output : List.of("unable to connect", "RESULT 0 2000000 0.0 0.0 0 0")) {
            assertThatThrownBy(() -> Load.parse(output, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(output);
        }
    }

    @Test
    void processorsAreSharedOrHalvedBetweenServerAndClient() {
        assertThat(Layout.of(2)).containsExactly(new Layout("shared", "0-1", "0-1"), new Layout("apart", "0-0", "1-1"));
        assertThat(Layout.of(8).getLast().serverProcessors()).isEqualTo(4);
    }
}
