package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.Conformance;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;

class ChunkCodecTest {
    private static final ChunkDigest DIGEST = ChunkDigest.SHA512_256;

    static Stream<Conformance.Case> storedCases() {
        return Conformance.cases().filter(golden -> !golden.store().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("storedCases")
    void readsEveryStoreOfBothTools(Conformance.Case golden) {
        LocalChunkStore store = new LocalChunkStore(Conformance.file(golden.store()));
        int limit = ChunkCodec.maxStoredBytes(golden.sizes().max());
        for (Conformance.Case.Chunk chunk : golden.chunks()) {
            byte[] stored = store.getStored(chunk.id(), limit);
            byte[] plain = ChunkCodec.verify(chunk.id(), golden.digest(), stored, chunk.length(), store.name());
            assertThat(ChunkCodec.verifyAtMost(
                            chunk.id(), golden.digest(), stored, golden.sizes().max(), store.name()))
                    .isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 262_144, 3_000_000})
    void decompressesWhatItCompressed(int length) {
        byte[] plain = new byte[length + 7];
        new Random(length).nextBytes(plain);
        byte[] chunk = Arrays.copyOfRange(plain, 7, plain.length);
        ChunkId id = DIGEST.hash(chunk, 0, length);
        byte[] stored = ChunkCodec.compress(plain, 7, length);

        assertThat(stored).hasSizeLessThanOrEqualTo(ChunkCodec.maxStoredBytes(length));
        assertThat(ChunkCodec.verify(id, DIGEST, stored, length, "memory")).isEqualTo(chunk);
        assertThat(ChunkCodec.verifyAtMost(id, DIGEST, stored, 1 << 22, "memory"))
                .isEqualTo(chunk);
    }

    @Test
    void refusesABombWithoutUnpackingIt() {
        byte[] bomb = Zstd.compress(new byte[64 << 20]);
        ChunkId id = new ChunkId(1, 2, 3, 4);
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> ChunkCodec.verifyAtMost(id, DIGEST, bomb, 262_144, "memory"))
                .withMessageContaining("more than 262144 bytes");
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> ChunkCodec.verify(id, DIGEST, bomb, 1000, "memory"))
                .withMessageContaining("more than 1000 bytes");
    }

    @Test
    void refusesAnotherChunkUnderTheName() {
        ChunkId id = DIGEST.hash(new byte[] {1}, 0, 1);
        byte[] other = ChunkCodec.compress(new byte[] {2}, 0, 1);
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> ChunkCodec.verify(id, DIGEST, other, 1, "memory"))
                .withMessageContaining(DIGEST.hash(new byte[] {2}, 0, 1).toString())
                .satisfies(e -> assertThat(e.id()).isEqualTo(id));
    }

    @Test
    void refusesEveryCutAndGarbage() {
        byte[] plain = "a chunk, of no great length".repeat(5).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        ChunkId id = DIGEST.hash(plain, 0, plain.length);
        byte[] stored = ChunkCodec.compress(plain, 0, plain.length);
        for (int length = 0; length < stored.length; length++) {
            byte[] cut = Arrays.copyOf(stored, length);
            assertThatExceptionOfType(ChunkCorruptException.class)
                    .isThrownBy(() -> ChunkCodec.verify(id, DIGEST, cut, plain.length, "memory"));
        }
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> ChunkCodec.verify(id, DIGEST, plain, plain.length, "memory"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"xz", "gzip"})
    void namesTheCompressionThatCasyncMayUseAndWeDoNot(String compression) throws IOException {
        Path store = Conformance.file("store-casync-" + compression);
        try (Stream<Path> files = Files.walk(store)) {
            Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            ChunkId id = ChunkId.parse(file.getFileName().toString().substring(0, 64));
            byte[] stored = Files.readAllBytes(file);
            assertThatExceptionOfType(ChunkCorruptException.class)
                    .isThrownBy(() -> ChunkCodec.verify(id, DIGEST, stored, 1000, store.toString()))
                    .withMessageContaining("unsupported compression " + compression);
        }
    }
}
