package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;

/** What every writable store does. */
public abstract class ChunkStoreContract {
    public static final int LIMIT = ChunkCodec.maxStoredBytes(1 << 18);

    /** An empty store, the same one throughout a test. */
    protected abstract WritableStore store();

    /** Whether a second form of a chunk leaves the first one in place; plain file servers put the last one there. */
    protected boolean keepsTheFirst() {
        return true;
    }

    /** A chunk of noise. */
    public record Sample(ChunkId id, byte[] plain, byte[] stored) {
        public static Sample of(int seed, int length) {
            byte[] plain = new byte[length];
            new Random(seed).nextBytes(plain);
            return new Sample(
                    ChunkDigest.SHA512_256.hash(plain, 0, length), plain, ChunkCodec.compress(plain, 0, length));
        }
    }

    @Test
    void givesBackWhatWasPut() {
        Sample sample = Sample.of(1, 5000);
        assertThat(store().has(sample.id)).isFalse();
        assertThat(store().put(sample.id, sample.stored)).isTrue();
        assertThat(store().has(sample.id)).isTrue();
        assertThat(store().getStored(sample.id, LIMIT)).isEqualTo(sample.stored);
        store().sync();
        assertThat(store().has(sample.id)).isTrue();
        assertThat(store().getStored(sample.id, LIMIT)).isEqualTo(sample.stored);
    }

    @Test
    void tellsAMissingChunkFromOtherFaults() {
        Sample there = Sample.of(2, 10);
        store().put(there.id, there.stored);
        ChunkId absent = Sample.of(3, 10).id;
        assertThat(store().has(absent)).isFalse();
        assertThatExceptionOfType(ChunkMissingException.class)
                .isThrownBy(() -> store().getStored(absent, LIMIT))
                .satisfies(e -> assertThat(e.id()).isEqualTo(absent))
                .satisfies(e -> assertThat(e.store()).isEqualTo(store().name()));
    }

    @Test
    void refusesToReadMoreThanTheLimit() {
        Sample sample = Sample.of(4, 5000);
        store().put(sample.id, sample.stored);
        assertThat(store().getStored(sample.id, sample.stored.length)).isEqualTo(sample.stored);
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> store().getStored(sample.id, sample.stored.length - 1));
    }

    @Test
    void keepsTheFirstOfTwoForms() {
        Sample sample = Sample.of(5, 5000);
        byte[] otherForm = com.github.luben.zstd.Zstd.compress(sample.plain, 1);
        assertThat(otherForm).isNotEqualTo(sample.stored);
        store().put(sample.id, sample.stored);
        store().sync();
        store().put(sample.id, otherForm);
        store().sync();
        assertThat(store().getStored(sample.id, LIMIT)).isEqualTo(keepsTheFirst() ? sample.stored : otherForm);
    }

    @Test
    void handsOutADamagedChunkForTheCodecToRefuse() {
        Sample sample = Sample.of(6, 5000);
        byte[] half = Arrays.copyOf(sample.stored, sample.stored.length / 2);
        store().put(sample.id, half);
        store().sync();
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> ChunkCodec.verify(
                        sample.id,
                        ChunkDigest.SHA512_256,
                        store().getStored(sample.id, LIMIT),
                        sample.plain.length,
                        store().name()));
    }

    @Test
    void aSecondRunOverTheSameChunksFindsThemAll() {
        List<Sample> samples =
                IntStream.range(0, 5).mapToObj(i -> Sample.of(200 + i, 2000)).toList();
        samples.subList(0, 3).forEach(sample -> store().put(sample.id, sample.stored));
        store().sync();
        assertThat(samples.stream().map(sample -> store().has(sample.id)))
                .containsExactly(true, true, true, false, false);
    }

    @Test
    void takesTheSameChunksFromManyThreadsAtOnce() throws Exception {
        List<Sample> samples =
                IntStream.range(0, 8).mapToObj(i -> Sample.of(100 + i, 3000)).toList();
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            Callable<Void> putAll = () -> {
                for (Sample sample : samples) {
                    store().put(sample.id, sample.stored);
                    assertThat(store().getStored(sample.id, LIMIT)).isEqualTo(sample.stored);
                }
                return null;
            };
            for (Future<Void> done : pool.invokeAll(java.util.Collections.nCopies(8, putAll))) {
                done.get();
            }
        }
        store().sync();
        for (Sample sample : samples) {
            assertThat(store().getStored(sample.id, LIMIT)).isEqualTo(sample.stored);
        }
    }
}
