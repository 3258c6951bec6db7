package org.vsekai.nebula.assets.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.kit.problem.ProblemException;

/** A name from a request is refused, or is that of a file right in its folder. */
class ContentNameFuzz {
    private static final Path FOLDER = Path.of("/store/indexes");

    @FuzzTest(maxDuration = "15s")
    void parse(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounded.run(input.length, () -> {
            ContentName name;
            try {
                name = ContentName.parse(text, List.of(".caidx", ".caibx"));
            } catch (ProblemException e) {
                return;
            }
            assertThat(FOLDER.resolve(name.toString()).normalize().getParent()).isEqualTo(FOLDER);
            assertThat(ContentName.parse(name.toString(), List.of(".caidx", ".caibx")))
                    .isEqualTo(name);
        });
    }
}
