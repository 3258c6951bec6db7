package org.vsekai.nebula.kit.paging;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.kit.problem.ProblemException;

/** A cursor is refused, or is a key that makes a cursor for the same place. */
class PageRequestFuzz {
    @FuzzTest(maxDuration = "15s")
    void cursor(byte[] input) throws Exception {
        String cursor = new String(input, StandardCharsets.ISO_8859_1);
        Bounded.run(input.length, () -> {
            try {
                PageRequest.of(null, cursor).after().ifPresent(key -> {
                    String again = PageRequest.encode(key);
                    assertThat(PageRequest.of(1, again).after()).contains(key);
                });
            } catch (ProblemException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }
}
