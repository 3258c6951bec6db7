package org.vsekai.nebula.casync.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChunkIdTest {
    @Test
    void idsThatDifferInAnyFourBytesHaveHashesOfTheirOwn() {
        for (int offset = 0; offset < ChunkId.BYTES; offset += 4) {
            Set<Integer> hashes = new HashSet<>();
            for (int i = 0; i < 10_000; i++) {
                byte[] id = new byte[ChunkId.BYTES];
                ByteBuffer.wrap(id).putInt(offset, i);
                hashes.add(ChunkId.of(id, 0).hashCode());
            }
            assertThat(hashes).as("bytes %d to %d differ", offset, offset + 3).hasSizeGreaterThan(9_900);
        }
    }
}
