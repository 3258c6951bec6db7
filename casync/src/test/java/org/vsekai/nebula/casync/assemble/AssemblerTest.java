package org.vsekai.nebula.casync.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.Conformance;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.FileBlob;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ReadableStore;

class AssemblerTest {
    private static final ChunkSizes SIZES = new ChunkSizes(64, 256, 1024);

    @TempDir
    Path folder;

    /** Chunks in memory, counting what is asked. */
    private static final class MemoryStore implements ReadableStore {
        final Map<ChunkId, byte[]> chunks = new ConcurrentHashMap<>();
        final Map<ChunkId, Integer> asked = new ConcurrentHashMap<>();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger mostAtOnce = new AtomicInteger();
        /** After so many chunks the store is down. */
        volatile int answersLeft = Integer.MAX_VALUE;

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public byte[] getStored(ChunkId id, int maxStoredBytes) {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                synchronized (this) {
                    if (answersLeft-- <= 0) {
                        throw new StoreUnavailableException(name(), "down", null);
                    }
                }
                asked.merge(id, 1, Integer::sum);
                byte[] stored = chunks.get(id);
                if (stored == null) {
                    throw new ChunkMissingException(id, name());
                }
                return stored;
            } finally {
                atOnce.decrementAndGet();
            }
        }

        @Override
        public boolean has(ChunkId id) {
            return chunks.containsKey(id);
        }
    }

    private final MemoryStore store = new MemoryStore();

    /** An index of {@code pieces}, one chunk each, that are put into the store. */
    private ChunkIndex index(byte[]... pieces) {
        ChunkIndex.Builder index = ChunkIndex.builder(SIZES, ChunkDigest.SHA512_256);
        for (byte[] piece : pieces) {
            ChunkId id = ChunkDigest.SHA512_256.hash(piece, 0, piece.length);
            store.chunks.put(id, ChunkCodec.compress(piece, 0, piece.length));
            index.add(piece.length, id);
        }
        return index.build();
    }

    private static byte[][] pieces(int seed, int count) {
        Random random = new Random(seed);
        byte[][] pieces = new byte[count][];
        for (int i = 0; i < count; i++) {
            pieces[i] = new byte[64 + random.nextInt(960)];
            random.nextBytes(pieces[i]);
        }
        return pieces;
    }

    private static byte[] join(byte[]... pieces) {
        byte[] whole =
                new byte[Stream.of(pieces).mapToInt(piece -> piece.length).sum()];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, whole, at, piece.length);
            at += piece.length;
        }
        return whole;
    }

    private static byte[] drain(Assembler assembler) throws IOException {
        try (InputStream in = assembler.open()) {
            return in.readAllBytes();
        }
    }

    private static Assembler assembler(ChunkIndex index, ReadableStore... stores) {
        return new Assembler(index, List.of(), List.of(stores), null, AssemblyOptions.DEFAULT);
    }

    static Stream<Conformance.Case> casesWithStore() {
        return Conformance.cases()
                .filter(each ->
                        each.store().startsWith("store-") && each.index().endsWith(".caibx"));
    }

    @ParameterizedTest
    @MethodSource("casesWithStore")
    void everyIndexOfTheConformanceSetGivesItsInput(Conformance.Case given) throws IOException {
        ChunkIndex index = ChunkIndexCodec.read(Conformance.file(given.index()));
        byte[] expected = Conformance.input(given.input());
        try (LocalChunkStore chunks = new LocalChunkStore(Conformance.file(given.store()))) {
            Assembler streamed = assembler(index, chunks);
            assertThat(drain(streamed)).isEqualTo(expected);
            Path file = folder.resolve("out");
            assembler(index, chunks).assembleTo(file, bytes -> {});
            assertThat(file).hasBinaryContent(expected);
            long distinct = Stream.iterate(0, i -> i < index.chunkCount(), i -> i + 1)
                    .map(index::id)
                    .distinct()
                    .count();
            long nulls = streamed.statistics().nullChunks() > 0 ? 1 : 0;
            assertThat(streamed.statistics().requests()).isEqualTo(distinct - nulls);
        }
    }

    @Test
    void chunkThatOccursFarApartIsFetchedOnce() throws IOException {
        byte[][] pieces = pieces(1, 300);
        for (int i = 0; i < pieces.length; i += 100) {
            pieces[i] = pieces[0];
            pieces[i + 1] = pieces[0];
        }
        ChunkIndex index = index(pieces);
        assertThat(drain(assembler(index, store))).isEqualTo(join(pieces));
        assertThat(store.asked.values()).containsOnly(1);
        assertThat(store.asked).hasSize(295);
    }

    @Test
    void noMoreChunksAreInFlightThanAllowed() throws IOException {
        ChunkIndex index = index(pieces(2, 200));
        Assembler narrow =
                new Assembler(index, List.of(), List.of(store), null, AssemblyOptions.DEFAULT.withInFlight(3));
        drain(narrow);
        assertThat(store.mostAtOnce).hasValueLessThanOrEqualTo(3);
        assertThat(new AssemblyOptions(64, 1 << 20).window(1 << 19)).isEqualTo(2);
        assertThat(new AssemblyOptions(64, 1 << 20).window(1 << 27)).isEqualTo(1);
    }

    @Test
    void nextRunFetchesOnlyWhatTheCacheLacks() throws IOException {
        byte[][] pieces = pieces(3, 200);
        ChunkIndex index = index(pieces);
        ChunkCache cache = new ChunkCache(folder.resolve("cache"));
        store.answersLeft = 120;
        Assembler first = new Assembler(index, List.of(), List.of(store), cache, AssemblyOptions.DEFAULT);
        assertThatThrownBy(() -> drain(first)).isInstanceOf(StoreUnavailableException.class);
        store.answersLeft = Integer.MAX_VALUE;
        Assembler second = new Assembler(index, List.of(), List.of(store), cache, AssemblyOptions.DEFAULT);
        assertThat(drain(second)).isEqualTo(join(pieces));
        assertThat(second.statistics().cacheChunks()).isEqualTo(120);
        assertThat(store.asked.values()).containsOnly(1);
    }

    @Test
    void whatIsNotAtHandIsFetchedAheadAndKeptThoughTheStoreFails() throws IOException {
        byte[][] pieces = pieces(13, 200);
        pieces[120] = pieces[7];
        ChunkIndex index = index(pieces);
        ChunkCache cache = new ChunkCache(folder.resolve("cache"));
        Path old = Files.write(folder.resolve("old"), join(Arrays.copyOf(pieces, 50)));
        try (BlobSeed seed = new BlobSeed(FileBlob.open(old), index(Arrays.copyOf(pieces, 50)))) {
            Assembler first = new Assembler(index, List.of(seed), List.of(store), cache, AssemblyOptions.DEFAULT);
            assertThat(first.missing()).hasSize(149).doesNotContain(7, 49, 120);
            store.answersLeft = 80;
            assertThatThrownBy(() -> first.fetch(first.missing(), bytes -> {}))
                    .isInstanceOf(StoreUnavailableException.class);
            store.answersLeft = Integer.MAX_VALUE;
            Assembler second = new Assembler(index, List.of(seed), List.of(store), cache, AssemblyOptions.DEFAULT);
            List<Integer> missing = second.missing();
            assertThat(missing).hasSize(149 - 80);
            AtomicLong told = new AtomicLong();
            second.fetch(missing, told::addAndGet);
            assertThat(told).hasValue(missing.stream().mapToLong(index::length).sum());
            assertThat(second.missing()).isEmpty();
            assertThat(drain(second)).isEqualTo(join(pieces));
        }
        assertThat(store.asked).hasSize(149);
        assertThat(store.asked.values()).containsOnly(1);
    }

    @Test
    void storeThatIsDownIsAskedLastAfterThreeFailures() throws IOException {
        byte[][] pieces = pieces(14, 20);
        ChunkIndex index = index(pieces);
        MemoryStore down = new MemoryStore();
        down.answersLeft = 0;
        Assembler assembler =
                new Assembler(index, List.of(), List.of(down, store), null, AssemblyOptions.DEFAULT.withInFlight(1));
        assertThat(drain(assembler)).isEqualTo(join(pieces));
        assertThat(assembler.statistics().requests()).isEqualTo(20 + 3);
    }

    @Test
    void damagedChunkInTheCacheIsFetchedAgain() throws IOException {
        byte[][] pieces = pieces(4, 20);
        ChunkIndex index = index(pieces);
        ChunkCache cache = new ChunkCache(folder.resolve("cache"));
        drain(new Assembler(index, List.of(), List.of(store), cache, AssemblyOptions.DEFAULT));
        String name = index.id(7).toString();
        Files.write(cache.folder().resolve(name.substring(0, 4)).resolve(name + ".cacnk"), new byte[0]);
        for (int run = 0; run < 2; run++) {
            Assembler again = new Assembler(index, List.of(), List.of(store), cache, AssemblyOptions.DEFAULT);
            assertThat(drain(again)).isEqualTo(join(pieces));
            assertThat(again.statistics().networkChunks()).isEqualTo(run == 0 ? 1 : 0);
        }
    }

    @Test
    void seedThatHasChangedCostsOnlyTheChunksConcerned() throws IOException {
        byte[][] pieces = pieces(5, 50);
        ChunkIndex index = index(pieces);
        byte[] blob = join(pieces);
        blob[(int) index.start(10)] ^= 1;
        blob[(int) index.end(20) - 1] ^= 1;
        Path file = Files.write(folder.resolve("old"), Arrays.copyOf(blob, blob.length - 1));
        try (BlobSeed seed = new BlobSeed(FileBlob.open(file), index)) {
            Assembler assembler = new Assembler(index, List.of(seed), List.of(store), null, AssemblyOptions.DEFAULT);
            assertThat(drain(assembler)).isEqualTo(join(pieces));
            assertThat(store.asked.keySet()).containsExactlyInAnyOrder(index.id(10), index.id(20), index.id(49));
            assertThat(assembler.statistics().seedChunks()).isEqualTo(47);
        }
    }

    @Test
    void fileWithoutAnIndexServesAsSeed() throws IOException {
        ChunkIndex index = ChunkIndexCodec.read(Conformance.file("desync/random.bin.1-4-16.caibx"));
        byte[] blob = Conformance.input("inputs/random.bin");
        for (int i = 0; i < index.chunkCount(); i++) {
            store.chunks.put(index.id(i), ChunkCodec.compress(blob, (int) index.start(i), index.length(i)));
        }
        Path old = Conformance.file("inputs/random-edited.bin");
        try (BlobSeed seed = BlobSeed.chunk(FileBlob.open(old), index.sizes(), index.digest(), 2)) {
            Assembler assembler = new Assembler(index, List.of(seed), List.of(store), null, AssemblyOptions.DEFAULT);
            assertThat(drain(assembler)).isEqualTo(blob);
            // The edit touches three places, each of which spoils a few chunks.
            assertThat(assembler.statistics().networkChunks()).isBetween(1L, 12L);
            assertThat(assembler.statistics().seedChunks())
                    .isEqualTo(index.chunkCount() - assembler.statistics().networkChunks());
        }
    }

    @Test
    void zerosAreFetchedFromNowhere() throws IOException {
        ChunkIndex index = ChunkIndexCodec.read(Conformance.file("desync/zeros-2m.bin.caibx"));
        Path file = folder.resolve("zeros");
        Assembler assembler = assembler(index);
        assertThat(drain(assembler)).isEqualTo(new byte[2 << 20]);
        assembler.assembleTo(file, bytes -> {});
        assertThat(file).hasBinaryContent(new byte[2 << 20]);
        assertThat(assembler.statistics().requests()).isZero();
    }

    @Test
    void interruptedFileGoesOnWhereItStopped() throws IOException {
        byte[][] pieces = pieces(6, 200);
        pieces[150] = pieces[3];
        ChunkIndex index = index(pieces);
        Path file = Files.writeString(folder.resolve("out"), "the old content");
        store.answersLeft = 77;
        assertThatThrownBy(() -> assembler(index, store).assembleTo(file, bytes -> {}))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(file).hasContent("the old content");
        store.answersLeft = Integer.MAX_VALUE;
        Assembler second = assembler(index, store);
        second.assembleTo(file, bytes -> {});
        assertThat(file).hasBinaryContent(join(pieces));
        assertThat(store.asked.values()).containsOnly(1);
        assertThat(second.statistics().networkChunks()).isEqualTo(199 - 77);
        assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    }

    @Test
    void olderFileKeepsWhatIsRightInIt() throws IOException {
        byte[][] pieces = pieces(7, 30);
        ChunkIndex index = index(pieces);
        byte[] old = join(pieces);
        old[(int) index.start(5)] ^= 1;
        Path file = Files.write(folder.resolve("out"), old);
        assembler(index, store).assembleTo(file, bytes -> {});
        assertThat(file).hasBinaryContent(join(pieces));
        assertThat(store.asked).containsOnlyKeys(index.id(5));
    }

    @Test
    void nextStoreIsAskedWhenOneFails() throws IOException {
        byte[][] pieces = pieces(8, 40);
        ChunkIndex index = index(pieces);
        MemoryStore broken = new MemoryStore();
        broken.chunks.putAll(store.chunks);
        broken.chunks.remove(index.id(1));
        broken.chunks.put(index.id(2), store.chunks.get(index.id(3)));
        broken.answersLeft = 20;
        assertThat(drain(assembler(index, broken, store))).isEqualTo(join(pieces));
        assertThat(store.asked).containsKeys(index.id(1), index.id(2)).hasSizeBetween(20, 22);
    }

    @Test
    void chunkIsNotSaidToBeMissingWhileAStoreIsDown() {
        ChunkIndex index = index(pieces(9, 3));
        MemoryStore down = new MemoryStore();
        down.answersLeft = 0;
        MemoryStore empty = new MemoryStore();
        assertThatThrownBy(() -> drain(assembler(index, down, empty))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> drain(assembler(index, empty, down))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> drain(assembler(index, empty))).isInstanceOf(ChunkMissingException.class);
        assertThatThrownBy(() -> drain(assembler(index))).isInstanceOf(ChunkMissingException.class);
        empty.chunks.put(index.id(0), store.chunks.get(index.id(1)));
        assertThatThrownBy(() -> drain(assembler(index, empty, new MemoryStore())))
                .isInstanceOf(ChunkCorruptException.class)
                .hasMessageContaining(index.id(0).toString());
    }

    @Test
    void streamNobodyReadsToItsEndLeavesNothingBehind() throws IOException {
        byte[][] pieces = pieces(10, 300);
        pieces[299] = pieces[0];
        Assembler assembler = assembler(index(pieces), store);
        try (InputStream in = assembler.open()) {
            assertThat(in.readNBytes(100)).isEqualTo(Arrays.copyOf(join(pieces), 100));
        }
        assertThat(assembler.statistics().networkChunks()).isLessThanOrEqualTo(66);
    }

    @Test
    void streamStaysFailedOnceItFailed() throws IOException {
        byte[][] pieces = pieces(12, 3);
        ChunkIndex index = index(pieces);
        byte[] second = store.chunks.remove(index.id(1));
        assertThat(second).isNotNull();
        try (InputStream in = assembler(index, store).open()) {
            assertThat(in.readNBytes(pieces[0].length)).isEqualTo(pieces[0]);
            assertThatThrownBy(in::read).isInstanceOf(ChunkMissingException.class);
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("failed");
        }
    }

    @Test
    void chunksThatTheReaderPassesOverAreNotSought() throws IOException {
        byte[][] pieces = pieces(20, 300);
        ChunkIndex index = index(pieces);
        byte[] blob = join(pieces);
        BitSet wanted = new BitSet();
        wanted.set(0, 10);
        wanted.set(250, 300);
        int from = (int) index.start(10) - 5;
        int to = (int) index.start(250) + 5;
        Assembler assembler = assembler(index, store);
        assertThat(assembler.missing(wanted)).hasSize(60);
        try (InputStream in = assembler.open(wanted)) {
            assertThat(in.readNBytes(from)).isEqualTo(Arrays.copyOf(blob, from));
            in.skipNBytes(to - from);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(blob, to, blob.length));
        }
        assertThat(store.asked).hasSize(60);
        // A reader that does not keep its word gets the right bytes all the same.
        assertThat(drain(assembler(index, store))).isEqualTo(blob);
        try (InputStream in = assembler(index, store).open(wanted)) {
            assertThat(in.readAllBytes()).isEqualTo(blob);
            assertThat(in.skip(1)).isZero();
        }
    }

    @Test
    void boundedCacheKeepsWhatComesAgainAndWhatWasNotUsed() throws IOException {
        byte[][] pieces = pieces(21, 400);
        pieces[390] = pieces[3];
        pieces[200] = pieces[199]; // side by side
        ChunkIndex index = index(pieces);
        Path folderOfCache = folder.resolve("cache");
        ChunkCache cache = ChunkCache.bounded(folderOfCache, 1 << 20);
        store.answersLeft = 300;
        Assembler first = new Assembler(index, List.of(), List.of(store), cache, AssemblyOptions.DEFAULT);
        int read = (int) index.start(200);
        byte[] begun;
        try (InputStream in = first.open()) {
            begun = in.readNBytes(read);
        }
        assertThat(begun).isEqualTo(Arrays.copyOf(join(pieces), read));
        store.answersLeft = Integer.MAX_VALUE;
        Assembler second = new Assembler(
                index, List.of(), List.of(store), ChunkCache.bounded(folderOfCache, 1 << 20), AssemblyOptions.DEFAULT);
        BitSet rest = new BitSet();
        rest.set(200, 400);
        try (InputStream in = second.open(rest)) {
            in.skipNBytes(read);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(join(pieces), read, join(pieces).length));
        }
        assertThat(store.asked.values()).containsOnly(1);
        assertThat(store.asked).hasSize(398);
    }

    @Test
    void boundedCacheNeverHoldsMoreThanItMay() throws IOException {
        byte[][] pieces = pieces(22, 200);
        ChunkIndex index =
                index(Stream.concat(Stream.of(pieces), Stream.of(pieces)).toArray(byte[][]::new));
        ChunkCache cache = ChunkCache.bounded(folder.resolve("cache"), 20_000);
        Assembler assembler = new Assembler(index, List.of(), List.of(store), cache, AssemblyOptions.DEFAULT);
        byte[] buffer = new byte[1000];
        try (InputStream in = assembler.open()) {
            while (in.read(buffer) >= 0) {
                assertThat(size(folder.resolve("cache"))).isLessThanOrEqualTo(20_000 + 64 * 1200);
            }
        }
        assertThat(size(folder.resolve("cache"))).isBetween(1L, 20_000L);
        ChunkCache smaller = ChunkCache.bounded(folder.resolve("cache"), 5_000);
        assertThat(smaller.isBounded()).isTrue();
        assertThat(size(folder.resolve("cache"))).isBetween(1L, 5_000L);
    }

    /** Of all files below, while others may be deleting them. */
    private static long size(Path root) {
        File[] children = root.toFile().listFiles();
        return children == null
                ? root.toFile().length()
                : Stream.of(children).mapToLong(child -> size(child.toPath())).sum();
    }

    @Test
    void whatIsInItsPlaceServesAgainAndWhatIsDamagedThereDoesNot() throws IOException {
        byte[][] pieces = pieces(23, 100);
        pieces[90] = pieces[2];
        pieces[91] = pieces[3];
        ChunkIndex index = index(pieces);
        byte[] there = join(pieces);
        there[(int) index.start(5)] ^= 1;
        Path file = Files.write(folder.resolve("out"), there);
        BitSet before = new BitSet();
        before.set(4, 7);
        try (PlacedSeed seed = new PlacedSeed(FileBlob.open(file), index, before)) {
            assertThat(seed.lists(index.id(4))).isTrue();
            assertThat(seed.lists(index.id(90))).isFalse();
            seed.placedTo(index.end(2));
            assertThat(seed.lists(index.id(90))).isTrue();
            assertThat(seed.lists(index.id(91))).isFalse();
            Assembler assembler = new Assembler(index, List.of(seed), List.of(store), null, AssemblyOptions.DEFAULT);
            assertThat(drain(assembler)).isEqualTo(join(pieces));
        }
        assertThat(store.asked)
                .doesNotContainKeys(index.id(2), index.id(4), index.id(6))
                .containsKey(index.id(5));
    }

    @Test
    void verifierFindsWhatDiffers() throws IOException {
        byte[][] pieces = pieces(11, 60);
        ChunkIndex index = index(pieces);
        byte[] blob = join(pieces);
        Verifier verifier = new Verifier(index, AssemblyOptions.DEFAULT);
        Path sound = Files.write(folder.resolve("sound"), blob);
        try (FileBlob file = FileBlob.open(sound)) {
            assertThat(verifier.verify(file, bytes -> {}).isSound()).isTrue();
        }
        blob[(int) index.start(30)] ^= 1;
        Path shorter = Files.write(folder.resolve("shorter"), Arrays.copyOf(blob, blob.length - 1));
        try (FileBlob file = FileBlob.open(shorter)) {
            Verifier.Report report = verifier.verify(file, bytes -> {});
            assertThat(report.listed())
                    .extracting(Verifier.Damage::start)
                    .containsExactly(index.start(30), index.start(59));
            assertThat(report.isSound()).isFalse();
        }
        Path longer = Files.write(folder.resolve("longer"), join(join(pieces), new byte[3]));
        try (FileBlob file = FileBlob.open(longer)) {
            assertThat(verifier.verify(file, bytes -> {}).excessBytes()).isEqualTo(3);
        }
        store.chunks.remove(index.id(8));
        store.chunks.put(index.id(9), new byte[] {1, 2, 3});
        assertThat(verifier.verify(store, bytes -> {}).listed())
                .extracting(Verifier.Damage::expected)
                .containsExactly(index.id(8), index.id(9));
    }
}
