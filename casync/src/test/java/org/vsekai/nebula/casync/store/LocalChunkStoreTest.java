package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;

class LocalChunkStoreTest extends ManagedStoreContract {
    @TempDir
    Path folder;

    private LocalChunkStore store;

    @BeforeEach
    void open() {
        store = new LocalChunkStore(folder.resolve("store"));
    }

    @Override
    protected ManagedStore store() {
        return store;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void laysChunksOutAsDesyncDoes() throws IOException {
        Sample sample = Sample.of(1, 100);
        store.put(sample.id(), sample.stored());
        String hex = sample.id().toString();
        Path expected = folder.resolve("store").resolve(hex.substring(0, 4)).resolve(hex + ".cacnk");

        assertThat(store.path(sample.id())).isEqualTo(expected);
        assertThat(files()).containsExactly(expected);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(expected)))
                .startsWith("rw-");
        assertThat(store.put(sample.id(), sample.stored())).isFalse();
        assertThat(files()).containsExactly(expected);
    }

    @Test
    void listsChunksAndPassesOverEverythingElse() throws IOException {
        Sample sample = Sample.of(1, 100);
        store.put(sample.id(), sample.stored());
        Path inside = store.path(sample.id()).getParent();
        Files.writeString(inside.resolve(".tmp-cacnk123"), "half a chunk");
        Files.writeString(inside.resolve("notes.txt"), "");
        Files.writeString(inside.resolve("f".repeat(64) + ".cacnk"), "in the wrong folder");
        Files.createDirectories(folder.resolve("store/lost+found"));

        try (Stream<ManagedStore.StoredChunk> chunks = store.list()) {
            assertThat(chunks)
                    .containsExactly(new ManagedStore.StoredChunk(
                            sample.id(),
                            sample.stored().length,
                            Files.getLastModifiedTime(store.path(sample.id())).toInstant()));
        }
    }

    @Test
    void prunesOldTemporariesAndNothingElse() throws IOException {
        Sample sample = Sample.of(1, 100);
        store.put(sample.id(), sample.stored());
        Path inside = store.path(sample.id()).getParent();
        Path old = Files.writeString(inside.resolve(".tmp-cacnkold"), "x");
        Path young = Files.writeString(inside.resolve(".tmp-cacnkyoung"), "x");
        Instant now = Instant.now();
        Files.setLastModifiedTime(old, FileTime.from(now.minus(Duration.ofDays(2))));
        Files.setLastModifiedTime(store.path(sample.id()), FileTime.from(now.minus(Duration.ofDays(2))));

        assertThat(store.pruneTemporaries(now.minus(Duration.ofDays(1)))).isEqualTo(1);
        assertThat(files()).containsExactlyInAnyOrder(store.path(sample.id()), young);
    }

    @Test
    void unsyncedChunksAreReadableHereAndInvisibleToOthersUntilSync() throws IOException {
        Sample sample = Sample.of(1, 100);
        LocalChunkStore other = store;
        LocalChunkStore bulk = new LocalChunkStore(folder.resolve("store"), LocalChunkStore.Durability.ON_SYNC);
        assertThat(bulk.put(sample.id(), sample.stored())).isTrue();
        assertThat(bulk.put(sample.id(), sample.stored())).isFalse();
        assertThat(bulk.has(sample.id())).isTrue();
        assertThat(bulk.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(other.has(sample.id())).isFalse();

        bulk.sync();
        assertThat(other.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(files()).containsExactly(store.path(sample.id()));
    }

    @Test
    void manyUnsyncedChunksBecomeVisibleTogether() throws IOException {
        LocalChunkStore bulk = new LocalChunkStore(folder.resolve("store"), LocalChunkStore.Durability.ON_SYNC);
        List<Sample> samples =
                IntStream.range(0, 300).mapToObj(i -> Sample.of(i, 50)).toList();
        samples.forEach(
                sample -> assertThat(bulk.put(sample.id(), sample.stored())).isTrue());
        assertThat(store.has(samples.getFirst().id())).isFalse();

        bulk.sync();
        for (Sample sample : samples) {
            assertThat(store.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        }
        assertThat(files()).hasSize(samples.size());
    }

    @Test
    void aMissingFolderIsUnavailableForReadingAndCreatedByPut() {
        Sample sample = Sample.of(1, 100);
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.getStored(sample.id(), LIMIT))
                .withMessageContaining(store.name());
        assertThat(store.has(sample.id())).isFalse();
        store.put(sample.id(), sample.stored());
        assertThat(store.has(sample.id())).isTrue();
    }

    @Test
    void aStoreThatIsAFileIsUnavailable() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a store");
        Sample sample = Sample.of(1, 100);
        try (LocalChunkStore notOne = new LocalChunkStore(file)) {
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> notOne.has(sample.id()));
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> notOne.put(sample.id(), sample.stored()))
                    .withMessageContaining(file.toString());
        }
    }

    @Test
    void removedChunksAreMissing() {
        Sample sample = Sample.of(1, 100);
        store.put(sample.id(), sample.stored());
        assertThat(store.remove(sample.id())).isTrue();
        assertThat(store.remove(sample.id())).isFalse();
        assertThatExceptionOfType(ChunkMissingException.class).isThrownBy(() -> store.getStored(sample.id(), LIMIT));
    }
}
