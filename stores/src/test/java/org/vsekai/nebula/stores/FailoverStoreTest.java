package org.vsekai.nebula.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.store.ChunkStoreContract;
import org.vsekai.nebula.casync.store.ChunkStoreContract.Sample;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.WritableStore;

class FailoverStoreTest {
    private static final int LIMIT = ChunkStoreContract.LIMIT;

    private final FakeStore first = new FakeStore("first");
    private final FakeStore second = new FakeStore("second");
    private final long[] now = {Long.MAX_VALUE - 5}; // nanoTime may wrap around
    private final FailoverStore group = new FailoverStore(List.of(first, second), () -> now[0]);
    private final Sample sample = Sample.of(1, 5000);

    @Nested
    class Contract extends ChunkStoreContract {
        @TempDir
        private Path folder;

        @Override
        protected WritableStore store() {
            LocalChunkStore real = new LocalChunkStore(folder.resolve("real"));
            LocalChunkStore missing = new LocalChunkStore(folder.resolve("no-such-folder"));
            return new ReadThrough(new FailoverStore(List.of(new ReadThrough(real, missing), real)), real);
        }
    }

    @Test
    void asksTheNextForWhatOneLacks() {
        second.chunks.put(sample.id(), sample.stored());
        assertThat(group.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(group.has(sample.id())).isTrue();
    }

    @Test
    void asksTheNextForWhatOneSpoils() {
        first.chunks.put(sample.id(), Sample.of(2, 10).stored());
        second.chunks.put(sample.id(), sample.stored());
        assertThat(group.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
    }

    @Test
    void asksOneThatIsDownLastUntilItHasRested() {
        second.chunks.put(sample.id(), sample.stored());
        first.isDown = true;
        for (int i = 0; i < 5; i++) {
            assertThat(group.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        }
        assertThat(first.asked).isEqualTo(1);

        first.isDown = false;
        first.chunks.put(sample.id(), sample.stored());
        second.chunks.clear();
        assertThat(group.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());

        now[0] += Duration.ofSeconds(11).toNanos();
        int askedBefore = second.asked;
        assertThat(group.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(second.asked).isEqualTo(askedBefore);
    }

    @Test
    void neverSaysMissingWhileOneCannotBeAsked() {
        first.isDown = true;
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> group.getStored(sample.id(), LIMIT))
                .satisfies(e -> assertThat(e.store()).isEqualTo("first"));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> group.has(sample.id()));

        first.isDown = false;
        assertThatExceptionOfType(ChunkMissingException.class)
                .isThrownBy(() -> group.getStored(sample.id(), LIMIT))
                .satisfies(e -> assertThat(e.store()).isEqualTo("first|second"));
        assertThat(group.has(sample.id())).isFalse();

        second.chunks.put(sample.id(), new byte[10]);
        assertThatExceptionOfType(ChunkCorruptException.class).isThrownBy(() -> group.getStored(sample.id(), LIMIT));
    }
}
