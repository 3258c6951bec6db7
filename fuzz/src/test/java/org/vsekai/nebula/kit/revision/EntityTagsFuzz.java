package org.vsekai.nebula.kit.revision;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.kit.problem.ProblemException;

/** Nothing passes for the current revision that does not name it. */
class EntityTagsFuzz {
    private static final String TAG = EntityTags.ofHex("0123456789abcdef");

    @FuzzTest(maxDuration = "15s")
    void match(byte[] input) throws Exception {
        String header = new String(input, StandardCharsets.ISO_8859_1);
        boolean namesIt = header.contains(TAG) || header.contains("*");
        Bounded.run(input.length, () -> {
            assertThat(EntityTags.isNotModified(header, TAG) && !namesIt).isFalse();
            try {
                EntityTags.requireMatch(header, TAG);
                assertThat(namesIt).isTrue();
            } catch (ProblemException e) {
                assertThat(header).isNotEqualTo(TAG);
            }
        });
    }
}
