package org.vsekai.nebula.casync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.FileBlob;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.HttpChunkStore;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.casync.store.WritableStore;

/** desync and casync themselves read what we write, and we read what they write. */
class PeerIT {
    @TempDir
    static Path shared;

    private static Path input;
    private static byte[] content;

    /** Random bytes, text-like bytes, zeros and a repetition: chunks of every kind, some more than once. */
    @BeforeAll
    static void makeInput() throws IOException {
        Random random = new Random(20260101);
        ByteBuffer blob = ByteBuffer.allocate(14 << 20);
        byte[] noise = new byte[5 << 20];
        random.nextBytes(noise);
        byte[] text = new byte[3 << 20];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) ('a' + random.nextInt(4));
        }
        blob.put(noise).put(text).put(new byte[1 << 20]).put(noise, 0, 3 << 20).put(text, 100_000, 1 << 20);
        content = Arrays.copyOf(blob.array(), blob.position());
        input = Files.write(shared.resolve("input.bin"), content);
    }

    private ChunkIndex make(ChunkSizes sizes, ChunkDigest digest, WritableStore store) throws IOException {
        ChunkIndex.Builder index = ChunkIndex.builder(sizes, digest);
        try (FileBlob blob = FileBlob.open(input)) {
            new ParallelChunker(sizes, digest, 3)
                    .chunk(
                            blob,
                            (number, start, id, bytes, offset, length) -> {
                                if (!store.has(id)) {
                                    store.put(id, ChunkCodec.compress(bytes, offset, length));
                                }
                            },
                            index::add);
        }
        store.sync();
        return index.build();
    }

    private ChunkIndex makeInto(Path store) throws IOException {
        try (LocalChunkStore local = new LocalChunkStore(store, LocalChunkStore.Durability.ON_SYNC)) {
            return make(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256, local);
        }
    }

    private void assertDecodesToInput(ChunkIndex index, ReadableStore store) {
        for (int i = 0; i < index.chunkCount(); i++) {
            byte[] stored = store.getStored(
                    index.id(i), ChunkCodec.maxStoredBytes(index.sizes().max()));
            byte[] plain = ChunkCodec.verify(index.id(i), index.digest(), stored, index.length(i), store.name());
            assertThat(ByteBuffer.wrap(plain))
                    .isEqualTo(ByteBuffer.wrap(content, (int) index.start(i), index.length(i)));
        }
        assertThat(index.blobSize()).isEqualTo(content.length);
    }

    @ParameterizedTest
    @CsvSource({
        "16:64:256, sha512-256",
        "16:64:256, sha256",
        "4:16:64, sha512-256",
        "64:64:256, sha512-256",
        "64:64:64, sha512-256",
        "1:4:16, sha512-256"
    })
    void indexIsDesyncsByteForByte(String sizes, String digest, @TempDir Path folder) throws Exception {
        Path theirs = folder.resolve("theirs.caibx");
        PeerTool.find("desync").succeed(folder, "make", "--digest", digest, "-m", sizes, theirs, input);
        try (LocalChunkStore store = new LocalChunkStore(folder.resolve("store"), LocalChunkStore.Durability.ON_SYNC)) {
            ChunkIndex ours = make(ChunkSizes.parse(sizes), ChunkDigest.parse(digest), store);
            assertThat(ChunkIndexCodec.toBytes(ours)).isEqualTo(Files.readAllBytes(theirs));
        }
    }

    @Test
    void chunksAreCasyncsAndItsStoreIsRead(@TempDir Path folder) throws Exception {
        Path theirs = folder.resolve("theirs.caibx");
        Path store = folder.resolve("theirs.castr");
        PeerTool.find("casync").succeed(folder, "make", "--store=" + store, theirs, input);
        ChunkIndex index = ChunkIndexCodec.read(theirs);
        assertThat(makeInto(folder.resolve("ours")).hasSameChunks(index)).isTrue();
        assertDecodesToInput(index, new LocalChunkStore(store));
    }

    @Test
    void desyncsStoreIsRead(@TempDir Path folder) throws Exception {
        Path theirs = folder.resolve("theirs.caibx");
        Path store = Files.createDirectory(folder.resolve("store"));
        PeerTool.find("desync").succeed(folder, "make", "-s", store, theirs, input);
        assertDecodesToInput(ChunkIndexCodec.read(theirs), new LocalChunkStore(store));
    }

    @ParameterizedTest
    @ValueSource(strings = {"desync", "casync"})
    void theyExtractFromAStoreThatWeWrote(String tool, @TempDir Path folder) throws Exception {
        PeerTool peer = PeerTool.find(tool);
        Path store = folder.resolve("store");
        Path index = folder.resolve("ours.caibx");
        Path out = folder.resolve("out.bin");
        ChunkIndexCodec.write(makeInto(store), index);
        if (tool.equals("desync")) {
            peer.succeed(folder, "extract", "-s", store, index, out);
        } else {
            peer.succeed(folder, "extract", "--store=" + store, index, out);
        }
        assertThat(Files.mismatch(input, out)).isEqualTo(-1);
    }

    @Test
    void desyncFindsOurStoreSoundAndTellsTheSameFigures(@TempDir Path folder) throws Exception {
        PeerTool desync = PeerTool.find("desync");
        Path store = folder.resolve("store");
        ChunkIndex index = makeInto(store);
        ChunkIndexCodec.write(index, folder.resolve("ours.caibx"));

        assertThat(desync.run(folder, "verify", "-s", store)).isEqualTo(new PeerTool.Result(0, "", ""));
        desync.succeed(folder, "verify-index", folder.resolve("ours.caibx"), input);
        JsonNode info =
                new ObjectMapper().readTree(desync.succeed(folder, "info", "-s", store, folder.resolve("ours.caibx")));
        assertThat(info.get("total").asInt()).isEqualTo(index.chunkCount());
        assertThat(info.get("in-store").asInt())
                .isEqualTo(info.get("unique").asInt())
                .isLessThan(index.chunkCount());
        assertThat(info.get("size").asLong()).isEqualTo(content.length);
    }

    @Test
    void desyncSeesTheDamageThatWeSee(@TempDir Path folder) throws Exception {
        PeerTool desync = PeerTool.find("desync");
        LocalChunkStore store = new LocalChunkStore(folder.resolve("store"));
        ChunkIndex index = makeInto(folder.resolve("store"));
        try (RandomAccessFile file =
                new RandomAccessFile(store.path(index.id(0)).toFile(), "rw")) {
            file.seek(file.length() / 2);
            int old = file.read();
            file.seek(file.length() / 2);
            file.write(old ^ 1);
        }
        assertThatExceptionOfType(ChunkCorruptException.class)
                .isThrownBy(() -> assertDecodesToInput(index, store))
                .satisfies(e -> assertThat(e.id()).isEqualTo(index.id(0)));
        assertThat(desync.run(folder, "verify", "-s", folder.resolve("store")).err())
                .contains(index.id(0).toString());
    }

    /** A running {@code desync chunk-server}. */
    private record Server(Process process, URI uri) implements AutoCloseable {
        static Server start(Path folder, Path store, Object... options) throws Exception {
            PeerTool desync = PeerTool.find("desync");
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Object[] arguments = new Object[options.length + 5];
            System.arraycopy(new Object[] {"chunk-server", "-s", store, "-l", "127.0.0.1:" + port}, 0, arguments, 0, 5);
            System.arraycopy(options, 0, arguments, 5, options.length);
            Process process = desync.start(folder, arguments);
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (true) {
                try (Socket ignored = new Socket("127.0.0.1", port)) {
                    return new Server(process, URI.create("http://127.0.0.1:" + port + "/"));
                } catch (ConnectException e) {
                    if (!process.isAlive() || System.nanoTime() > deadline) {
                        process.destroyForcibly();
                        throw new AssertionError(Files.readString(folder.resolve("server.log")), e);
                    }
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void desyncsChunkServerIsASourceForUs(@TempDir Path folder) throws Exception {
        ChunkIndex index = makeInto(folder.resolve("store"));
        try (Server server = Server.start(folder, folder.resolve("store"));
                HttpChunkStore http = new HttpChunkStore(server.uri, HttpStoreOptions.DEFAULT)) {
            assertThat(http.has(index.id(0))).isTrue();
            assertDecodesToInput(index, http);
            assertThatExceptionOfType(ChunkMissingException.class)
                    .isThrownBy(() -> http.getStored(ChunkDigest.SHA256.hash(content, 0, 1), 1000));
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .as("a server without -w takes nothing")
                    .isThrownBy(() -> http.put(index.id(0), new byte[10]))
                    .withMessageContaining("400");
        }
    }

    @Test
    void desyncsChunkServerIsASinkForUsWithAuthorization(@TempDir Path folder) throws Exception {
        Path store = Files.createDirectory(folder.resolve("store"));
        Object[] options = {"-w", "--skip-verify-write=false", "--authorization", "Bearer letmein"};
        ChunkIndex index;
        try (Server server = Server.start(folder, store, options)) {
            HttpStoreOptions authorized = HttpStoreOptions.DEFAULT.withAuthorization("Bearer letmein");
            try (HttpChunkStore http = new HttpChunkStore(server.uri, authorized)) {
                index = make(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256, http);
            }
            try (HttpChunkStore http = new HttpChunkStore(server.uri, HttpStoreOptions.DEFAULT)) {
                assertThatExceptionOfType(StoreUnavailableException.class)
                        .isThrownBy(() -> http.has(index.id(0)))
                        .withMessageContaining("401");
            }
        }
        Path file = folder.resolve("ours.caibx");
        ChunkIndexCodec.write(index, file);
        PeerTool.find("desync").succeed(folder, "extract", "-s", store, file, folder.resolve("out.bin"));
        assertThat(Files.mismatch(input, folder.resolve("out.bin"))).isEqualTo(-1);
    }
}
