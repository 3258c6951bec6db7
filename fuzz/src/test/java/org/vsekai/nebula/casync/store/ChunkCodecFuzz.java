package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.fuzz.Bounded;

/** Stored bytes are another chunk's or nobody's; a chunk that was stored comes back. */
class ChunkCodecFuzz {
    private static final int MAX_LENGTH = 256 << 10;
    private static final ChunkId NOBODY = new ChunkId(1, 2, 3, 4);

    @FuzzTest(maxDuration = "15s")
    void verify(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            try {
                ChunkCodec.verifyAtMost(NOBODY, ChunkDigest.SHA512_256, input, MAX_LENGTH, "input");
                throw new AssertionError("bytes with the digest 1, 2, 3, 4");
            } catch (ChunkCorruptException e) {
                assertThat(e.id()).isEqualTo(NOBODY);
            }
            try {
                ChunkCodec.verify(NOBODY, ChunkDigest.SHA256, input, input.length, "input");
                throw new AssertionError("bytes with the digest 1, 2, 3, 4");
            } catch (ChunkCorruptException e) {
                assertThat(e.store()).isEqualTo("input");
            }
            if (input.length <= MAX_LENGTH) {
                ChunkId id = ChunkDigest.SHA512_256.hash(input, 0, input.length);
                byte[] stored = ChunkCodec.compress(input, 0, input.length);
                assertThat(stored.length).isLessThanOrEqualTo(ChunkCodec.maxStoredBytes(input.length));
                assertThat(ChunkCodec.verify(id, ChunkDigest.SHA512_256, stored, input.length, "own"))
                        .isEqualTo(input);
            }
        });
    }
}
