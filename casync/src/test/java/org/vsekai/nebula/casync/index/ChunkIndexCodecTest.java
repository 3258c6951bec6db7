package org.vsekai.nebula.casync.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsekai.nebula.casync.Conformance;
import org.vsekai.nebula.casync.MalformedIndexException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;

class ChunkIndexCodecTest {
    static Stream<Conformance.Case> cases() {
        return Conformance.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void readsWhatBothToolsWriteAndWritesItBackUnchanged(Conformance.Case golden) throws IOException {
        Path file = Conformance.file(golden.index());
        ChunkIndex index = ChunkIndexCodec.read(file);

        assertThat(index.sizes()).isEqualTo(golden.sizes());
        assertThat(index.digest()).isEqualTo(golden.digest());
        assertThat(index.featureFlags()).isEqualTo(golden.featureFlags());
        assertThat(index.blobSize()).isEqualTo(golden.inputSize());
        assertThat(index.chunkCount()).isEqualTo(golden.chunks().size());
        for (int i = 0; i < index.chunkCount(); i++) {
            Conformance.Case.Chunk chunk = golden.chunks().get(i);
            assertThat(index.start(i)).isEqualTo(chunk.start());
            assertThat(index.length(i)).isEqualTo(chunk.length());
            assertThat(index.id(i)).isEqualTo(chunk.id());
        }
        assertThat(ChunkIndexCodec.toBytes(index)).isEqualTo(Files.readAllBytes(file));
    }

    /** Where the fault of each broken file lies. A file of the set that is not listed here fails the test. */
    private static final Map<String, Long> FAULTS = Map.ofEntries(
            Map.entry("index-chunk-over-max.caibx", 64L),
            Map.entry("index-empty-file.caibx", 0L),
            Map.entry("index-header-size-56.caibx", 0L),
            Map.entry("index-min-over-avg.caibx", 24L),
            Map.entry("index-offset-decreasing.caibx", 104L),
            Map.entry("index-offset-equal.caibx", 104L),
            Map.entry("index-offset-huge.caibx", 224L),
            Map.entry("index-table-size-not-max.caibx", 48L),
            Map.entry("index-trailing-garbage.caibx", 304L),
            Map.entry("index-truncated-in-table.caibx", 161L),
            Map.entry("index-truncated-no-tail.caibx", 264L),
            Map.entry("index-truncated-tail.caibx", 296L),
            Map.entry("index-unknown-feature-flag.caibx", 16L),
            Map.entry("index-wrong-magic.caibx", 8L),
            Map.entry("index-wrong-tail-marker.caibx", 296L),
            Map.entry("index-wrong-tail-offset.caibx", 280L),
            Map.entry("index-wrong-tail-size.caibx", 288L));

    static Stream<Path> malformed() throws IOException {
        try (Stream<Path> files = Files.list(Conformance.file("malformed"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("index-")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void refusesEveryMalformedIndexNamingFileAndOffset(Path file) {
        assertThatExceptionOfType(MalformedIndexException.class)
                .isThrownBy(() -> ChunkIndexCodec.read(file))
                .withMessageContaining(file.toString())
                .satisfies(e -> assertThat(e.source()).isEqualTo(file.toString()))
                .satisfies(e -> assertThat(e.offset())
                        .isEqualTo(FAULTS.get(file.getFileName().toString())));
    }

    @Test
    void refusesAnIndexCutAtAnyByte() throws IOException {
        byte[] whole = Files.readAllBytes(Conformance.file("desync/random.bin.caibx"));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            long end = length;
            assertThatExceptionOfType(MalformedIndexException.class)
                    .isThrownBy(() -> ChunkIndexCodec.read(cut, "cut"))
                    .satisfies(e -> assertThat(e.offset()).isEqualTo(end));
        }
    }

    @Test
    void stopsAtTheSizeAllowedInsteadOfReadingAnEndlessIndex() {
        byte[] start = ChunkIndexCodec.toBytes(
                ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256).build());
        InputStream endless = new InputStream() {
            private long at;

            @Override
            public int read() {
                long place = at++;
                if (place < 64) {
                    return start[(int) place] & 0xff;
                }
                long end = (place - 64) / 40 + 1;
                int inItem = (int) ((place - 64) % 40);
                return inItem < 8 ? (int) (end >>> 8 * inItem) & 0xff : 7;
            }
        };
        assertThatExceptionOfType(MalformedIndexException.class)
                .isThrownBy(() -> ChunkIndexCodec.read(endless, "endless", 100_000))
                .withMessageContaining("100000 bytes allowed");
    }

    @Test
    void replacesAFileWholeAndLeavesNothingElse(@TempDir Path folder) throws IOException {
        ChunkIndex index = ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA256)
                .add(5, new ChunkId(1, 2, 3, 4))
                .build();
        Path file = Files.writeString(folder.resolve("a.caibx"), "old");
        ChunkIndexCodec.write(index, file);

        assertThat(ChunkIndexCodec.read(file)).isEqualTo(index);
        assertThat(index.digest()).isEqualTo(ChunkDigest.SHA256);
        assertThat(folder).isDirectoryContaining("glob:**/a.caibx");
        assertThat(folder.toFile().list()).containsExactly("a.caibx");
    }

    @Test
    void findsTheChunkThatHoldsAnOffset() {
        ChunkIndex index = ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256)
                .add(10, new ChunkId(1, 0, 0, 0))
                .add(5, new ChunkId(2, 0, 0, 0))
                .build();
        assertThat(index.chunkAt(0)).isZero();
        assertThat(index.chunkAt(9)).isZero();
        assertThat(index.chunkAt(10)).isEqualTo(1);
        assertThat(index.chunkAt(14)).isEqualTo(1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> index.chunkAt(15));
    }

    @Test
    void builderRefusesChunksThatNoReaderWouldTake() {
        ChunkIndex.Builder builder = ChunkIndex.builder(new ChunkSizes(48, 64, 100), ChunkDigest.SHA512_256);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(0, new ChunkId(0, 0, 0, 0)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(101, new ChunkId(0, 0, 0, 0)));
    }

    @Test
    void refusesAnAbsurdSizeWithoutTakingMemoryForIt() {
        ChunkIndex one =
                ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256).build();
        byte[] absurd = ChunkIndexCodec.toBytes(one);
        Arrays.fill(absurd, 40, 48, (byte) 0xff);
        assertThatExceptionOfType(MalformedIndexException.class)
                .isThrownBy(() -> ChunkIndexCodec.read(new ByteArrayInputStream(absurd), "absurd", 1000))
                .withMessageContaining("18446744073709551615");
    }

    @Test
    void keepsOffsetsBeyondFourGibibytes() {
        ChunkSizes large = new ChunkSizes(1 << 20, 4 << 20, ChunkSizes.MAX_LIMIT);
        ChunkIndex.Builder builder = ChunkIndex.builder(large, ChunkDigest.SHA512_256);
        for (int i = 0; i < 50; i++) {
            builder.add(large.max(), new ChunkId(i, -i, i, -i));
        }
        ChunkIndex index = ChunkIndexCodec.read(ChunkIndexCodec.toBytes(builder.build()), "memory");
        assertThat(index).isEqualTo(builder.build());
        assertThat(index.blobSize()).isEqualTo(50L << 27);
        assertThat(index.chunkAt((49L << 27) + 1)).isEqualTo(49);
        assertThat(index.id(49)).isEqualTo(new ChunkId(49, -49, 49, -49));
    }

    @Test
    void aDamagedIndexIsReadOrRefusedAndNothingElse() throws IOException {
        byte[] sound = Files.readAllBytes(Conformance.file("desync/text.txt.caibx"));
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = sound.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(ChunkIndexCodec.toBytes(ChunkIndexCodec.read(damaged, "damaged")))
                        .isEqualTo(damaged);
            } catch (MalformedIndexException e) {
                refused++;
                assertThat(e.offset()).isBetween(0L, (long) damaged.length);
            }
        }
        assertThat(refused).isPositive();
    }

    /** {@code desync --digest sha256 tar -i} says SHA-512/256 in the flags of an index of SHA-256 ids. */
    @Test
    void canBeToldThatTheFlagsLieAboutTheDigest() throws IOException {
        byte[] lying = Files.readAllBytes(Conformance.file("desync/tiny-1000.bin.sha256.caibx"));
        lying[23] |= 0x20;
        byte[] chunk = Conformance.input("inputs/tiny-1000.bin");
        ChunkIndex index = ChunkIndexCodec.read(lying, "lying");

        assertThat(index.digest().hash(chunk, 0, chunk.length)).isNotEqualTo(index.id(0));
        ChunkIndex corrected = index.withDigest(ChunkDigest.SHA256);
        assertThat(corrected.digest().hash(chunk, 0, chunk.length)).isEqualTo(corrected.id(0));
        assertThat(ChunkIndexCodec.toBytes(corrected))
                .as("it is never written")
                .isEqualTo(Files.readAllBytes(Conformance.file("desync/tiny-1000.bin.sha256.caibx")));
    }
}
