package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ManagedStore.StoredChunk;

/** What every store does that can be listed and swept. */
public abstract class ManagedStoreContract extends ChunkStoreContract {
    @Override
    protected abstract ManagedStore store();

    @Test
    void listsWhatItHoldsWithSizesAndTimes() {
        List<Sample> samples =
                IntStream.range(0, 5).mapToObj(i -> Sample.of(300 + i, 100 * i)).toList();
        samples.forEach(sample -> store().put(sample.id(), sample.stored()));
        store().sync();
        try (Stream<StoredChunk> chunks = store().list()) {
            List<StoredChunk> found = chunks.toList();
            assertThat(found.stream().map(chunk -> chunk.id() + " " + chunk.storedBytes()))
                    .containsExactlyInAnyOrderElementsOf(samples.stream()
                            .map(sample -> sample.id() + " " + sample.stored().length)
                            .toList());
            assertThat(found).allSatisfy(chunk -> assertThat(Duration.between(chunk.lastModified(), Instant.now())
                            .abs())
                    .isLessThan(Duration.ofMinutes(5)));
        }
    }

    @Test
    void removedChunkIsGoneAndCanBePutAgain() {
        Sample sample = Sample.of(7, 3000);
        ChunkId other = Sample.of(8, 3000).id();
        store().put(sample.id(), sample.stored());
        store().sync();
        assertThat(store().remove(sample.id())).isTrue();
        assertThat(store().has(sample.id())).isFalse();
        assertThatExceptionOfType(ChunkMissingException.class).isThrownBy(() -> store().getStored(sample.id(), LIMIT));
        assertThat(store().remove(other)).isFalse();

        assertThat(store().put(sample.id(), sample.stored())).isTrue();
        store().sync();
        assertThat(store().getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
    }
}
