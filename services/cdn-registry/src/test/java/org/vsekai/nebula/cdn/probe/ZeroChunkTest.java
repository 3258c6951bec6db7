package org.vsekai.nebula.cdn.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.store.ChunkCodec;

class ZeroChunkTest {
    /** {@code head -c 262144 /dev/zero | openssl dgst -sha512-256}. */
    private static final String ID = "1c8109946feed9f9e9fe4b5144d90f05a50fb3275e848cb72f4b9546d8c533f2";

    @Test
    void liesWhereEveryStoreHasIt() {
        assertThat(ZeroChunk.PATH).isEqualTo("chunks/" + ID.substring(0, 4) + "/" + ID + ".cacnk");
    }

    @Test
    void itsStoredFormVerifies() {
        byte[] stored = ChunkCodec.compress(new byte[ZeroChunk.LENGTH], 0, ZeroChunk.LENGTH);
        assertThatCode(() -> ZeroChunk.verify(stored, "a CDN")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, ZeroChunk.LENGTH - 1, ZeroChunk.LENGTH + 1, 64 << 20})
    void otherRunsOfZerosDoNot(int length) {
        byte[] stored = ChunkCodec.compress(new byte[length], 0, length);
        assertThatThrownBy(() -> ZeroChunk.verify(stored, "a CDN")).isInstanceOf(ChunkCorruptException.class);
    }
}
