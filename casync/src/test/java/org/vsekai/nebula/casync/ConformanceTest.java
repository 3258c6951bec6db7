package org.vsekai.nebula.casync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.Chunker;
import org.vsekai.nebula.casync.chunk.MemoryBlob;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;

/** What we make of every input of the conformance set is what desync made of it. */
class ConformanceTest {
    static Stream<Conformance.Case> desync() {
        return Conformance.cases().filter(golden -> golden.tool().equals("desync"));
    }

    /** casync's rule is another one for the indexes that the manifest lists. */
    static Stream<Conformance.Case> casyncWhereTheRulesAgree() {
        Set<String> other = Set.copyOf(StreamSupport.stream(
                        Conformance.manifest()
                                .get("indexes_where_desync_and_casync_cut_differently")
                                .spliterator(),
                        false)
                .map(name -> "casync/" + name.asText())
                .toList());
        return Conformance.cases().filter(golden -> golden.tool().equals("casync") && !other.contains(golden.index()));
    }

    private static ChunkIndex sequential(Conformance.Case golden) throws IOException {
        ChunkIndex.Builder index = ChunkIndex.builder(golden.sizes(), golden.featureFlags());
        Chunker chunker = new Chunker(new ByteArrayInputStream(Conformance.input(golden.input())), golden.sizes());
        while (chunker.next() > 0) {
            index.add(chunker.length(), chunker.id(golden.digest()));
        }
        return index.build();
    }

    @ParameterizedTest
    @MethodSource("desync")
    void indexIsDesyncsByteForByte(Conformance.Case golden) throws IOException {
        byte[] expected = Files.readAllBytes(Conformance.file(golden.index()));
        assertThat(ChunkIndexCodec.toBytes(sequential(golden))).isEqualTo(expected);

        byte[] input = Conformance.input(golden.input());
        for (int threads : List.of(1, 2, 3, 8)) {
            ChunkIndex.Builder index = ChunkIndex.builder(golden.sizes(), golden.featureFlags());
            Map<Long, ChunkId> handedOut = new ConcurrentHashMap<>();
            new ParallelChunker(golden.sizes(), golden.digest(), threads)
                    .chunk(
                            new MemoryBlob(input),
                            (number, start, id, bytes, offset, length) -> handedOut.put(number, id),
                            index::add);
            assertThat(ChunkIndexCodec.toBytes(index.build())).isEqualTo(expected);
            assertThat(handedOut).hasSize(golden.chunks().size());
        }
    }

    @ParameterizedTest
    @MethodSource("casyncWhereTheRulesAgree")
    void chunksAreCasyncsWhereTheRulesAgree(Conformance.Case golden) throws IOException {
        assertThat(sequential(golden).hasSameChunks(ChunkIndexCodec.read(Conformance.file(golden.index()))))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("desync")
    void storesGiveTheInputBack(Conformance.Case golden) throws IOException {
        if (golden.store().isEmpty()) {
            return;
        }
        byte[] input = Conformance.input(golden.input());
        LocalChunkStore store = new LocalChunkStore(Conformance.file(golden.store()));
        for (Conformance.Case.Chunk chunk : golden.chunks()) {
            byte[] stored = store.getStored(
                    chunk.id(), ChunkCodec.maxStoredBytes(golden.sizes().max()));
            assertThat(new ByteArrayInputStream(input, (int) chunk.start(), chunk.length()))
                    .hasBinaryContent(
                            ChunkCodec.verify(chunk.id(), golden.digest(), stored, chunk.length(), store.name()));
        }
    }
}
