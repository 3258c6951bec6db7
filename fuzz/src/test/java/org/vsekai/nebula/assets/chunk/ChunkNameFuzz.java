package org.vsekai.nebula.assets.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.kit.problem.ProblemException;

/** A chunk's path from a request is refused, or is where the store keeps that chunk. */
class ChunkNameFuzz {
    @FuzzTest(maxDuration = "15s")
    void parse(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounded.run(input.length, () -> {
            try {
                ChunkId id = ChunkName.parse(text);
                assertThat(Stores.path(id)).isEqualTo(text.toLowerCase(Locale.ROOT));
            } catch (ProblemException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }
}
