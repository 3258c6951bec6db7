package org.vsekai.nebula.assets.collect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc;
import org.vsekai.nebula.api.assets.v1.ConfirmPinRequest;
import org.vsekai.nebula.api.assets.v1.PinRequest;
import org.vsekai.nebula.api.assets.v1.UnpinRequest;
import org.vsekai.nebula.api.assets.v1.VerifyIndexRequest;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.Chunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.index.FeatureFlags;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.kit.testing.TestTokens;

/** A publisher and the updater behind it, as both call a running store. For use by several threads. */
final class Publisher implements AutoCloseable {
    private static final int FILE_BYTES = 90_000;

    private final URI base;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ManagedChannel channel;
    private final AssetStoreGrpc.AssetStoreBlockingStub store;

    Publisher(URI base, int grpcPort) {
        this.base = base;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                TestTokens.bearer(TestTokens.SERVER));
        this.store = AssetStoreGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** An archive, its chunks in stored form, and its index. */
    record Build(String indexName, byte[] indexBytes, Map<ChunkId, byte[]> chunks) {}

    /** A build of some of a universe's files, so that builds overlap. */
    static Build build(Path scratch, int[] files) throws IOException {
        Path folder = Files.createTempDirectory(scratch, "build-");
        for (int file : files) {
            byte[] content = new byte[FILE_BYTES];
            new Random(file).nextBytes(content);
            Files.write(folder.resolve("file-" + file), content);
        }
        byte[] archive;
        try (ArchiveLayout layout = ArchiveLayout.ofFolder(folder, ArchiveOptions.publishing())) {
            archive = new byte[Math.toIntExact(layout.size())];
            layout.read(0, archive, 0, archive.length);
        }
        ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, FeatureFlags.FEATURES_ARCHIVE);
        Map<ChunkId, byte[]> chunks = new LinkedHashMap<>();
        Chunker chunker = new Chunker(new ByteArrayInputStream(archive), ChunkSizes.DEFAULT);
        while (chunker.next() > 0) {
            ChunkId id = chunker.id(ChunkDigest.SHA512_256);
            index.add(chunker.length(), id);
            chunks.put(id, ChunkCodec.compress(chunker.buffer(), chunker.offset(), chunker.length()));
        }
        byte[] bytes = ChunkIndexCodec.toBytes(index.build());
        return new Build(sha256(bytes) + ".caidx", bytes, chunks);
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(ChunkDigest.SHA256.newMessageDigest().digest(bytes));
    }

    private HttpResponse<byte[]> send(String method, String path, String token, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .method(method, BodyPublishers.ofByteArray(body))
                .header("Authorization", TestTokens.bearer(token));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    /** Sends until the store is not busy. */
    private byte[] expect(int status, String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            HttpResponse<byte[]> answer = send(method, path, TestTokens.PUBLISHER, body, headers);
            if (answer.statusCode() != 503 || attempt == 20) {
                assertThat(answer.statusCode())
                        .as("%s %s: %s", method, path, new String(answer.body(), UTF_8))
                        .isEqualTo(status);
                return answer.body();
            }
        }
    }

    /** Publishes as the launcher does, under an upload, and pins, verifies and confirms as the updater does. */
    void publish(Build build, String owner) throws IOException, InterruptedException {
        String upload = open();
        byte[] missing = askMissing(build, upload);
        for (int at = 0; at < missing.length; at += ChunkId.BYTES) {
            ChunkId id = ChunkId.of(missing, at);
            expect(
                    200,
                    "PUT",
                    "/chunks/" + Stores.path(id),
                    build.chunks.get(id),
                    "Nebula-Upload",
                    upload,
                    "Content-Type",
                    "application/octet-stream");
        }
        expect(200, "PUT", "/indexes/" + build.indexName, build.indexBytes, "Nebula-Upload", upload);
        pinVerifyConfirm(build.indexName, owner);
        close(upload);
    }

    String open() throws IOException, InterruptedException {
        return new JsonObject(new String(expect(201, "POST", "/api/v1/uploads", new byte[0]), UTF_8)).getString("id");
    }

    byte[] askMissing(Build build, String upload) throws IOException, InterruptedException {
        ByteBuffer ids = ByteBuffer.allocate(build.chunks.size() * ChunkId.BYTES);
        build.chunks.keySet().forEach(id -> id.putTo(ids));
        return expect(
                200,
                "POST",
                "/api/v1/chunks/missing?upload=" + upload,
                ids.array(),
                "Content-Type",
                "application/octet-stream");
    }

    void close(String upload) throws IOException, InterruptedException {
        byte[] unused = expect(204, "DELETE", "/api/v1/uploads/" + upload, new byte[0]);
    }

    /** Publishes as desync does, which knows no uploads; may fail where {@link #publish} may not. */
    void publishUnprotected(Build build, String owner) throws IOException, InterruptedException {
        for (Map.Entry<ChunkId, byte[]> chunk : build.chunks.entrySet()) {
            expect(200, "PUT", "/chunks/" + Stores.path(chunk.getKey()), chunk.getValue());
        }
        expect(200, "PUT", "/indexes/" + build.indexName, build.indexBytes);
        pinVerifyConfirm(build.indexName, owner);
    }

    private void pinVerifyConfirm(String index, String owner) {
        store().pin(PinRequest.newBuilder().setIndexName(index).setOwner(owner).build());
        verify(index);
        store().confirmPin(ConfirmPinRequest.newBuilder().setOwner(owner).build());
    }

    /** Has the store read and hash all of an index. */
    void verify(String index) {
        store().verifyIndex(VerifyIndexRequest.newBuilder().setIndexName(index).build())
                .forEachRemaining(entry -> {});
    }

    void unpin(String owner) {
        store().unpin(UnpinRequest.newBuilder().setOwner(owner).build());
    }

    private AssetStoreGrpc.AssetStoreBlockingStub store() {
        return store.withDeadlineAfter(2, TimeUnit.MINUTES);
    }

    /** Starts a run. */
    JsonObject start(String what) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send("POST", "/api/v1/maintenance/" + what, TestTokens.OPERATOR, new byte[0]);
        assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(201);
        return json(answer);
    }

    JsonObject run(String id) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send("GET", "/api/v1/maintenance/" + id, TestTokens.OPERATOR, new byte[0]);
        assertThat(answer.statusCode()).isEqualTo(200);
        return json(answer);
    }

    private static JsonObject json(HttpResponse<byte[]> answer) {
        return new JsonObject(new String(answer.body(), UTF_8));
    }

    HttpResponse<byte[]> operator(String method, String path) throws IOException, InterruptedException {
        return send(method, path, TestTokens.OPERATOR, new byte[0]);
    }

    HttpResponse<byte[]> asset(String method, String path, byte[] body) throws IOException, InterruptedException {
        return send(method, path, TestTokens.PUBLISHER, body);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        http.shutdownNow();
    }
}
