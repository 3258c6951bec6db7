package org.vsekai.nebula.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.store.ChunkStoreContract;
import org.vsekai.nebula.casync.store.ChunkStoreContract.Sample;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ManagedStore.StoredChunk;
import org.vsekai.nebula.casync.store.WritableStore;

class CachedStoreTest {
    private static final int LIMIT = ChunkStoreContract.LIMIT;

    @TempDir
    private Path folder;

    private final FakeStore origin = new FakeStore("origin");
    private final Sample sample = Sample.of(1, 5000);
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Nested
    class Contract extends ChunkStoreContract {
        @Override
        protected WritableStore store() {
            LocalChunkStore real = new LocalChunkStore(folder.resolve("real"));
            return new ReadThrough(new CachedStore(folder.resolve("cache"), 1 << 30, real, Clock.systemUTC()), real);
        }
    }

    private CachedStore cached(long maxBytes) {
        InstantSource source = () -> now;
        return new CachedStore(folder.resolve("cache"), maxBytes, origin, source.withZone(ZoneOffset.UTC));
    }

    private LocalChunkStore cache() {
        return new LocalChunkStore(folder.resolve("cache"));
    }

    @Test
    void fetchesAChunkOnceAlsoForLaterPrograms() {
        origin.chunks.put(sample.id(), sample.stored());
        assertThat(cached(1 << 20).getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(cached(1 << 20).getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(origin.asked).isEqualTo(1);
    }

    @Test
    void fetchesAChunkAnewThatIsDamagedInTheFolder() throws IOException {
        origin.chunks.put(sample.id(), sample.stored());
        CachedStore store = cached(1 << 20);
        for (byte[] damage : new byte[][] {
            new byte[0], new byte[100], new byte[LIMIT + 1], Sample.of(2, 5000).stored()
        }) {
            assertThat(store.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
            Files.write(cache().path(sample.id()), damage);
        }
        assertThat(store.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(Files.readAllBytes(cache().path(sample.id()))).isEqualTo(sample.stored());
        assertThat(origin.asked).isEqualTo(5);
    }

    @Test
    void keepsNoBadAndNoMissingChunk() {
        assertThatExceptionOfType(ChunkMissingException.class)
                .isThrownBy(() -> cached(1 << 20).getStored(sample.id(), LIMIT));
        origin.chunks.put(sample.id(), new byte[100]);
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> cached(1 << 20).getStored(sample.id(), LIMIT));
        assertThat(cache().path(sample.id())).doesNotExist();
    }

    @Test
    void removesWhatWasUsedLeastRecentlyWhenItIsFull() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            samples.add(Sample.of(100 + i, 10_000));
            origin.chunks.put(samples.get(i).id(), samples.get(i).stored());
        }
        CachedStore store = cached(105_000);
        for (Sample each : samples) {
            now = now.plusSeconds(7200);
            byte[] read = store.getStored(each.id(), LIMIT);
            byte[] firstAgain = store.getStored(samples.getFirst().id(), LIMIT);
            assertThat(read).isEqualTo(each.stored());
            assertThat(firstAgain).isEqualTo(samples.getFirst().stored());
        }
        assertThat(origin.asked).isEqualTo(20);
        try (Stream<StoredChunk> chunks = cache().list()) {
            List<StoredChunk> kept = chunks.toList();
            assertThat(kept.stream().mapToLong(StoredChunk::storedBytes).sum()).isLessThanOrEqualTo(105_000);
            assertThat(kept.stream().map(StoredChunk::id))
                    .contains(samples.getFirst().id(), samples.getLast().id())
                    .doesNotContain(samples.get(1).id());
        }
    }

    @Test
    void folderThatCannotBeWrittenCostsOnlySpeed() throws IOException {
        Files.writeString(folder.resolve("cache"), "a file stands where the folder should");
        origin.chunks.put(sample.id(), sample.stored());
        CachedStore store = cached(1 << 20);
        assertThat(store.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(store.findFault()).isPresent();
    }
}
