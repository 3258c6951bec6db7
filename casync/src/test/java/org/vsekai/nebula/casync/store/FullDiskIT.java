package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;

/** A store on a real disk that is full, a small tmpfs. Mounting one takes root on Linux; elsewhere this is skipped. */
class FullDiskIT {
    @TempDir
    Path folder;

    private boolean isMounted;

    private static boolean succeeds(String... command) throws Exception {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")), "no mount command here");
        isMounted = succeeds("/bin/mount", "-t", "tmpfs", "-o", "size=400k", "none", folder.toString());
        assumeTrue(isMounted, "this user may not mount a tmpfs");
    }

    @AfterEach
    void unmount() throws Exception {
        if (isMounted) {
            assertThat(succeeds("/bin/umount", folder.toString())).isTrue();
        }
    }

    private static ChunkId putNoise(WritableStore store, int seed) {
        byte[] plain = new byte[100_000];
        new Random(seed).nextBytes(plain);
        ChunkId id = ChunkDigest.SHA512_256.hash(plain, 0, plain.length);
        store.put(id, ChunkCodec.compress(plain, 0, plain.length));
        return id;
    }

    @ParameterizedTest
    @EnumSource
    void namesThePathLeavesNoPartAndKeepsWhatItHad(LocalChunkStore.Durability durability) throws IOException {
        LocalChunkStore store = new LocalChunkStore(folder.resolve("store"), durability);
        ChunkId first = putNoise(store, 1);
        store.sync();
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> {
                    for (int seed = 2; seed < 10; seed++) {
                        ChunkId ignored = putNoise(store, seed);
                    }
                })
                .withMessageContaining(folder.toString())
                .withMessageContaining("No space left on device");

        store.sync();
        assertThat(store.getStored(first, 200_000)).isNotEmpty();
        try (Stream<ManagedStore.StoredChunk> chunks = store.list();
                Stream<Path> files = Files.walk(folder)) {
            List<Path> whole = chunks.map(chunk -> store.path(chunk.id())).toList();
            assertThat(files.filter(Files::isRegularFile)).containsExactlyInAnyOrderElementsOf(whole);
            for (Path chunk : whole) {
                ChunkId id = ChunkId.parse(chunk.getFileName().toString().substring(0, 64));
                assertThat(ChunkCodec.verify(
                                id, ChunkDigest.SHA512_256, Files.readAllBytes(chunk), 100_000, store.name()))
                        .hasSize(100_000);
            }
        }
    }
}
