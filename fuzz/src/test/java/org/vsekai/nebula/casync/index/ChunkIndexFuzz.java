package org.vsekai.nebula.casync.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.vsekai.nebula.casync.MalformedIndexException;
import org.vsekai.nebula.fuzz.Bounded;

/** An index is refused as malformed, or is written again byte for byte. */
class ChunkIndexFuzz {
    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            ChunkIndex index;
            try {
                index = ChunkIndexCodec.read(input, "input");
            } catch (MalformedIndexException e) {
                return;
            }
            assertThat(ChunkIndexCodec.toBytes(index)).isEqualTo(input);
            for (int i = 0; i < index.chunkCount(); i++) {
                assertThat(index.length(i)).isBetween(1, index.sizes().max());
                assertThat(index.chunkAt(index.start(i))).isEqualTo(i);
                assertThat(index.chunkAt(index.end(i) - 1)).isEqualTo(i);
            }
        });
    }
}
