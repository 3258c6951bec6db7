package org.vsekai.nebula.casync.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.Conformance;

class ChunkerTest {
    private static final ChunkDigest DIGEST = ChunkDigest.SHA512_256;

    @ParameterizedTest
    @CsvSource({"4096, 3075", "16384, 12318", "65536, 49535", "262144, 202440", "1048576, 886711"})
    void discriminatorIsThatOfBothTools(int avg, int expected) {
        assertThat(new ChunkSizes(48, avg, avg).discriminator()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "16:64",
                "16:64:256:1",
                "0:64:256",
                "64:16:256",
                "16:256:64",
                "a:b:c",
                "1:8193:9000",
                "16:64:131073"
            })
    void refusesChunkSizesThatNoToolTakes(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ChunkSizes.parse(text));
    }

    @Test
    void readsChunkSizesInKibibytes() {
        assertThat(ChunkSizes.parse("16:64:256")).isEqualTo(ChunkSizes.DEFAULT);
    }

    /** The rule in its plainest form: each place hashed anew, a real remainder. */
    private static List<Integer> reference(byte[] blob, ChunkSizes sizes) throws IOException {
        List<String> hex = Files.readAllLines(Conformance.file("buzhash-table.txt"));
        int[] table = hex.stream()
                .mapToInt(line -> Integer.parseUnsignedInt(line, 16))
                .toArray();
        int d = sizes.discriminator();
        List<Integer> lengths = new ArrayList<>();
        for (int start = 0; start < blob.length; start += lengths.getLast()) {
            int end = Math.min(blob.length, start + sizes.max());
            int cut = end;
            for (int at = start + sizes.min() + 1; at <= end; at++) {
                int hash = 0;
                for (int i = 0; i < 48; i++) {
                    hash ^= Integer.rotateLeft(table[blob[at - 48 + i] & 0xff], 47 - i);
                }
                if (Integer.remainderUnsigned(hash, d) == d - 1) {
                    cut = at;
                    break;
                }
            }
            lengths.add(cut - start);
        }
        return lengths;
    }

    private static List<Integer> sequential(byte[] blob, ChunkSizes sizes) throws IOException {
        Chunker chunker = new Chunker(new ByteArrayInputStream(blob), sizes);
        List<Integer> lengths = new ArrayList<>();
        while (chunker.next() > 0) {
            assertThat(chunker.start())
                    .isEqualTo(lengths.stream().mapToLong(l -> l).sum());
            assertThat(Arrays.compare(
                            chunker.buffer(),
                            chunker.offset(),
                            chunker.offset() + chunker.length(),
                            blob,
                            (int) chunker.start(),
                            (int) chunker.start() + chunker.length()))
                    .isZero();
            lengths.add(chunker.length());
        }
        assertThat(chunker.next()).isZero();
        return lengths;
    }

    /** The lengths by both ways of cutting a segment. */
    private static List<Integer> parallel(byte[] blob, ChunkSizes sizes, int threads, int segment) throws IOException {
        List<Integer> lengths = parallel(blob, sizes, threads, segment, false);
        assertThat(parallel(blob, sizes, threads, segment, true)).isEqualTo(lengths);
        return lengths;
    }

    private static List<Integer> parallel(
            byte[] blob, ChunkSizes sizes, int threads, int segment, boolean neverCutsAtOnce) throws IOException {
        List<Integer> lengths = new ArrayList<>();
        AtomicLong bytes = new AtomicLong();
        new ParallelChunker(sizes, DIGEST, threads, segment, neverCutsAtOnce)
                .chunk(
                        new MemoryBlob(blob),
                        (index, start, id, buffer, offset, length) -> {
                            assertThat(DIGEST.hash(blob, (int) start, length)).isEqualTo(id);
                            assertThat(DIGEST.hash(buffer, offset, length)).isEqualTo(id);
                            bytes.addAndGet(length);
                        },
                        (length, id) -> lengths.add(length));
        assertThat(bytes).hasValue(blob.length);
        return lengths;
    }

    @Test
    void allChunkersFollowTheRuleOnRandomInputsSizesAndSegments() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            byte[] blob = new byte[random.nextInt(6000)];
            random.nextBytes(blob);
            if (round % 4 == 0) {
                Arrays.fill(blob, blob.length / 4, blob.length / 2, (byte) 0);
            }
            int min = 48 + random.nextInt(60);
            int avg = min + random.nextInt(200);
            ChunkSizes sizes = new ChunkSizes(min, avg, avg + random.nextInt(700));
            List<Integer> expected = reference(blob, sizes);
            assertThat(sequential(blob, sizes)).as("round %d", round).isEqualTo(expected);
            int segment = 1 + random.nextInt(round % 2 == 0 ? 60 : 3000);
            assertThat(parallel(blob, sizes, 1 + random.nextInt(8), segment))
                    .as("round %d, segment %d", round, segment)
                    .isEqualTo(expected);
        }
    }

    static Stream<Conformance.Case> desync() {
        return Conformance.cases().filter(golden -> golden.tool().equals("desync"));
    }

    @ParameterizedTest
    @MethodSource("desync")
    void segmentsOfAnySizeAndThreadsInAnyNumberCutWhereDesyncCuts(Conformance.Case golden) throws IOException {
        byte[] input = Conformance.input(golden.input());
        List<Integer> expected =
                golden.chunks().stream().map(Conformance.Case.Chunk::length).toList();
        int[] segments = {1 << 12, 16_384, 16_385, 65_535, 100_003};
        int[] threads = {1, 2, 3, 8};
        for (int i = 0; i < segments.length; i++) {
            assertThat(parallel(input, golden.sizes(), threads[i % threads.length], segments[i]))
                    .as("segments of %d", segments[i])
                    .isEqualTo(expected);
        }
    }

    @Test
    void theGoldenTableThatTheReferenceUsesIsCasyncs() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (String line : Files.readAllLines(Conformance.file("buzhash-table.txt"))) {
            int value = Integer.parseUnsignedInt(line, 16);
            for (int shift = 0; shift < 32; shift += 8) {
                sha256.update((byte) (value >>> shift));
            }
        }
        assertThat(HexFormat.of().formatHex(sha256.digest()))
                .isEqualTo("5b52080d38287da9d2e278466e3e0db7ec98e5e8b226f50612a56fa012b1f660");
    }

    @Test
    void readsAStreamThatComesInDribbles() throws IOException {
        byte[] blob = new byte[5000];
        new Random(1).nextBytes(blob);
        ChunkSizes sizes = new ChunkSizes(64, 128, 512);
        InputStream dribble = new FilterInputStream(new ByteArrayInputStream(blob)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, 3));
            }
        };
        Chunker chunker = new Chunker(dribble, sizes);
        List<Integer> lengths = new ArrayList<>();
        while (chunker.next() > 0) {
            lengths.add(chunker.length());
        }
        assertThat(lengths).isEqualTo(reference(blob, sizes));
    }

    @Test
    void aFailingConsumerEndsTheRunWithItsOwnException() {
        byte[] blob = new byte[200_000];
        new Random(2).nextBytes(blob);
        AtomicInteger running = new AtomicInteger();
        IOException full = new IOException("disk full");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new ParallelChunker(new ChunkSizes(48, 100, 300), DIGEST, 4, 1000, false)
                        .chunk(
                                new MemoryBlob(blob),
                                (index, start, id, bytes, offset, length) -> {
                                    running.incrementAndGet();
                                    try {
                                        if (index == 500) {
                                            throw full;
                                        }
                                    } finally {
                                        running.decrementAndGet();
                                    }
                                },
                                (length, id) -> {}))
                .isSameAs(full);
        assertThat(running).hasValue(0);
    }

    @Test
    void aFileThatShrinksIsAnErrorThatNamesIt(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("shrinking"), new byte[100_000]);
        try (FileBlob blob = FileBlob.open(file)) {
            Files.write(file, new byte[10]);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> new ParallelChunker(ChunkSizes.DEFAULT, DIGEST, 2)
                            .chunk(blob, (index, start, id, bytes, offset, length) -> {}, (length, id) -> {}))
                    .withMessageContaining(file.toString());
        }
    }
}
