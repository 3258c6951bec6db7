package org.vsekai.nebula.updater.mode;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.kit.problem.ProblemException;

/** A mode's name is refused, or is fit for a path and a file name. */
class ModeNameFuzz {
    @FuzzTest(maxDuration = "15s")
    void parse(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounded.run(input.length, () -> {
            try {
                ModeName name = ModeName.parse(text);
                assertThat(name.text()).isEqualTo(text);
                assertThat(Path.of("/modes", text).normalize().getParent()).isEqualTo(Path.of("/modes"));
            } catch (ProblemException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }
}
