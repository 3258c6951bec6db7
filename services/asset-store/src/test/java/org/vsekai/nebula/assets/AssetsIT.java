package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.assets.v1.AddAssetReferenceRequest;
import org.vsekai.nebula.api.assets.v1.AssetInfo;
import org.vsekai.nebula.api.assets.v1.AssetsGrpc;
import org.vsekai.nebula.api.assets.v1.DeleteAssetRequest;
import org.vsekai.nebula.api.assets.v1.GetAssetRequest;
import org.vsekai.nebula.api.assets.v1.ListAssetReferencesRequest;
import org.vsekai.nebula.api.assets.v1.ListAssetsRequest;
import org.vsekai.nebula.api.assets.v1.PutAssetIndexRequest;
import org.vsekai.nebula.api.assets.v1.RemoveAssetReferenceRequest;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.kit.testing.TestTokens;

@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class AssetsIT {
    @TestHTTPResource
    URI base;

    private static RequestSpecification publisher() {
        // Paths and queries stand here as they are sent.
        return given().urlEncodingEnabled(false).header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER));
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static String path(UUID id) {
        return "/api/v1/assets/" + id;
    }

    private static ValidatableResponse put(UUID id, String query, byte[] content) {
        return publisher()
                .contentType("application/octet-stream")
                .body(content)
                .put(path(id) + query)
                .then();
    }

    @Test
    void bytesComeBackAsTheyWerePut() {
        UUID id = UUID.randomUUID();
        byte[] content = random(1, 9_000_000);
        Arrays.fill(content, 1_000_000, 4_000_000, (byte) 0);
        String tag = put(id, "?name=haus.glb&owner=studio-1", content)
                .statusCode(201)
                .body("id", equalTo(id.toString()))
                .body("name", equalTo("haus.glb"))
                .body("media_type", equalTo("model/gltf-binary"))
                .body("size", equalTo(content.length))
                .body("owner", equalTo("studio-1"))
                .body("index", containsString(".caibx"))
                .extract()
                .header("ETag");

        byte[] got = given().get(path(id))
                .then()
                .statusCode(200)
                .header("ETag", tag)
                .header("Content-Type", "model/gltf-binary")
                .header("Content-Length", Integer.toString(content.length))
                .header("Accept-Ranges", "bytes")
                .header("Content-Disposition", startsWith("attachment; filename=\"haus.glb\""))
                .extract()
                .asByteArray();
        assertThat(got).isEqualTo(content);
        given().head(path(id))
                .then()
                .statusCode(200)
                .header("ETag", tag)
                .header("Content-Length", Integer.toString(content.length));
        given().get(path(id) + "/metadata").then().statusCode(200).body("size", equalTo(content.length));
    }

    @Test
    void anyRangeIsServedAndAnUnsatisfiableOneRefused() {
        UUID id = UUID.randomUUID();
        byte[] content = random(2, 3_000_000);
        String tag = put(id, "", content).statusCode(201).extract().header("ETag");
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            int first = random.nextInt(content.length);
            int last = first + random.nextInt(content.length - first);
            byte[] part = given().header("Range", "bytes=" + first + "-" + last)
                    .header("If-Range", tag)
                    .get(path(id))
                    .then()
                    .statusCode(206)
                    .header("Content-Range", "bytes " + first + "-" + last + "/" + content.length)
                    .extract()
                    .asByteArray();
            assertThat(part).isEqualTo(Arrays.copyOfRange(content, first, last + 1));
        }
        assertThat(given().header("Range", "bytes=-5")
                        .get(path(id))
                        .then()
                        .statusCode(206)
                        .extract()
                        .asByteArray())
                .isEqualTo(Arrays.copyOfRange(content, content.length - 5, content.length));
        given().header("Range", "bytes=" + content.length + "-")
                .get(path(id))
                .then()
                .statusCode(416)
                .header("Content-Range", "bytes */" + content.length);
        // Another If-Range: the bytes are no longer those of which a part is held.
        given().header("Range", "bytes=5-6")
                .header("If-Range", "\"0\"")
                .get(path(id))
                .then()
                .statusCode(200)
                .header("Content-Length", Integer.toString(content.length));
        given().header("If-None-Match", tag)
                .get(path(id))
                .then()
                .statusCode(304)
                .header("ETag", tag);
    }

    @Test
    void emptyAssetIsAnAsset() {
        UUID id = UUID.randomUUID();
        put(id, "", new byte[0]).statusCode(201).body("size", equalTo(0));
        assertThat(given().get(path(id)).then().statusCode(200).extract().asByteArray())
                .isEmpty();
    }

    @Test
    void replacingKeepsWhatIsNotSaidAndConditionsGuardIt() {
        UUID id = UUID.randomUUID();
        String first = put(id, "?name=a.ktx2&owner=o", random(4, 100_000))
                .statusCode(201)
                .extract()
                .header("ETag");
        byte[] second = random(5, 100_000);
        put(id, "", second)
                .statusCode(200)
                .body("name", equalTo("a.ktx2"))
                .body("media_type", equalTo("image/ktx2"))
                .body("owner", equalTo("o"))
                .header("ETag", not(equalTo(first)));
        publisher()
                .header("If-Match", first)
                .body(new byte[1])
                .put(path(id))
                .then()
                .statusCode(412)
                .body("code", equalTo("REVISION_MISMATCH"));
        publisher()
                .header("If-None-Match", "*")
                .body(new byte[1])
                .put(path(id))
                .then()
                .statusCode(412);
        assertThat(given().get(path(id)).then().extract().asByteArray()).isEqualTo(second);
    }

    @Test
    void aReaderSeesTheOldBytesOrTheNewOnesAndNeverAMixture() throws Exception {
        UUID id = UUID.randomUUID();
        byte[][] contents = {random(6, 1_500_000), random(7, 1_700_000)};
        put(id, "", contents[0]).statusCode(201);
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService readers = Executors.newFixedThreadPool(3);
                HttpClient client = HttpClient.newHttpClient()) {
            Future<Integer> reading = readers.submit(() -> {
                int reads = 0;
                while (!stop.get()) {
                    HttpResponse<byte[]> answer = client.send(
                            HttpRequest.newBuilder(base.resolve(path(id))).build(),
                            HttpResponse.BodyHandlers.ofByteArray());
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.body())
                            .satisfiesAnyOf(
                                    body -> assertThat(Arrays.equals(body, contents[0]))
                                            .isTrue(),
                                    body -> assertThat(Arrays.equals(body, contents[1]))
                                            .isTrue());
                    reads++;
                }
                return reads;
            });
            for (int i = 1; i <= 12; i++) {
                put(id, "", contents[i % 2]).statusCode(200);
            }
            stop.set(true);
            assertThat(reading.get()).isPositive();
        }
    }

    @Test
    void theSameBytesAgainAddNoChunk() throws Exception {
        byte[] content = random(8, 2_000_000);
        put(UUID.randomUUID(), "", content).statusCode(201);
        long before = chunkFiles();
        UUID again = UUID.randomUUID();
        put(again, "", content).statusCode(201);
        assertThat(chunkFiles()).isEqualTo(before);
        assertThat(given().get(path(again)).then().extract().asByteArray()).isEqualTo(content);
    }

    private static long chunkFiles() throws IOException {
        try (Stream<Path> files = Files.walk(StoreResource.folder().resolve("chunks"))) {
            return files.filter(file -> file.toString().endsWith(".cacnk")).count();
        }
    }

    @Test
    void anIndexMakesAnAssetOnceItsChunksAreHere() {
        TestChunk chunk = TestChunk.random(900, 50_000);
        byte[] index = ChunkIndexCodec.toBytes(ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256)
                .add(chunk.plain.length, chunk.id)
                .build());
        String name = ChunkProtocolIT.sha256(index) + ".caibx";
        UUID id = UUID.randomUUID();
        String query = "?name=x.gltf&index=" + name;
        publisher().put(path(id) + query).then().statusCode(404).body("code", equalTo("INDEX_NOT_FOUND"));
        publisher()
                .contentType("application/octet-stream")
                .body(index)
                .put("/indexes/" + name)
                .then()
                .statusCode(200);
        publisher().put(path(id) + query).then().statusCode(409).body("code", equalTo("CHUNK_MISSING"));
        given().get(path(id)).then().statusCode(404).body("code", equalTo("ASSET_NOT_FOUND"));

        publisher()
                .contentType("application/octet-stream")
                .body(chunk.stored)
                .put(chunk.path())
                .then()
                .statusCode(200);
        publisher()
                .put(path(id) + query)
                .then()
                .statusCode(201)
                .body("media_type", equalTo("model/gltf+json"))
                .body("index", equalTo(name));
        assertThat(given().get(path(id)).then().extract().asByteArray()).isEqualTo(chunk.plain);
    }

    @Test
    void anAssetThatOthersNeedIsNotDeleted() {
        UUID id = UUID.randomUUID();
        put(id, "?owner=studio", random(9, 1000)).statusCode(201);
        publisher()
                .put(path(id) + "/references/scene%20one")
                .then()
                .statusCode(200)
                .body("holder", equalTo("scene one"));
        publisher().put(path(id) + "/references/scene%20one").then().statusCode(200);
        publisher()
                .get(path(id) + "/references")
                .then()
                .statusCode(200)
                .body("items.holder", equalTo(List.of("scene one", "studio")));
        publisher().delete(path(id)).then().statusCode(409).body("code", equalTo("ASSET_REFERENCED"));
        publisher().delete(path(id) + "/references/scene%20one").then().statusCode(204);
        publisher().delete(path(id) + "/references/scene%20one").then().statusCode(204);
        publisher().delete(path(id)).then().statusCode(204);
        publisher().delete(path(id)).then().statusCode(404).body("code", equalTo("ASSET_NOT_FOUND"));
        given().get(path(id)).then().statusCode(404).contentType("application/problem+json");
    }

    @Test
    void assetsAreListedInPagesAndByOwner() {
        for (int i = 0; i < 5; i++) {
            put(UUID.randomUUID(), "?owner=pager", random(20 + i, 100)).statusCode(201);
        }
        String next = "";
        int found = 0;
        do {
            ValidatableResponse page = publisher()
                    .get("/api/v1/assets?owner=pager&limit=2" + (next.isEmpty() ? "" : "&after=" + next))
                    .then()
                    .statusCode(200)
                    .body("items.owner", hasItem("pager"));
            found += page.extract().jsonPath().getList("items").size();
            String following = page.extract().path("next");
            next = following == null ? "" : following;
        } while (!next.isEmpty());
        assertThat(found).isEqualTo(5);
    }

    @Test
    void badRequestsAreNamed() {
        publisher()
                .body(new byte[1])
                .put("/api/v1/assets/x")
                .then()
                .statusCode(400)
                .body("code", equalTo("INVALID_ASSET_ID"));
        given().get("/api/v1/assets/x").then().statusCode(400).body("code", equalTo("INVALID_ASSET_ID"));
        for (Map.Entry<String, String> bad : Map.of(
                        "?name=a%2Fb",
                        "INVALID_NAME", "?media_type=x", "INVALID_MEDIA_TYPE", "?owner=%00", "INVALID_OWNER")
                .entrySet()) {
            put(UUID.randomUUID(), bad.getKey(), new byte[1]).statusCode(400).body("code", equalTo(bad.getValue()));
        }
    }

    @Test
    void aBodyThatBreaksOffLeavesNoAsset() throws Exception {
        UUID id = UUID.randomUUID();
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("PUT " + path(id) + " HTTP/1.1\r\nHost: x\r\nAuthorization: "
                            + TestTokens.bearer(TestTokens.PUBLISHER)
                            + "\r\nContent-Type: application/octet-stream\r\nContent-Length: 5000000\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(random(30, 3_000_000));
            out.flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).doesNotStartWith("HTTP/1.1 2");
        }
        given().get(path(id)).then().statusCode(404);
    }

    @Test
    void aDamagedChunkNeverReachesTheReader() throws Exception {
        UUID id = UUID.randomUUID();
        TestChunk chunk = TestChunk.random(901, 60_000);
        put(id, "", chunk.plain).statusCode(201);
        // Shorter than the smallest cut of random bytes is likely to be: whatever the chunks are, damage every one.
        try (Stream<Path> files = Files.walk(StoreResource.folder().resolve("chunks"))) {
            for (Path file :
                    files.filter(f -> f.toString().contains(firstChunk(id))).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        }
        given().get(path(id)).then().statusCode(500).body("code", equalTo("CHUNK_CORRUPT"));
        // Put again, it is whole again.
        put(id, "", chunk.plain).statusCode(200);
        assertThat(given().get(path(id)).then().statusCode(200).extract().asByteArray())
                .isEqualTo(chunk.plain);
    }

    private static String firstChunk(UUID id) {
        String index = given().get(path(id) + "/metadata").then().extract().path("index");
        try {
            return ChunkIndexCodec.read(
                            StoreResource.folder().resolve("indexes").resolve(index))
                    .id(0)
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void servicesUseAssetsOverGrpc() {
        UUID id = UUID.randomUUID();
        put(id, "?name=m.glb&owner=studio", random(40, 70_000)).statusCode(201);
        try (Grpc grpc = new Grpc()) {
            AssetsGrpc.AssetsBlockingStub assets = AssetsGrpc.newBlockingStub(grpc.channel())
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(Grpc.headers(TestTokens.SERVER)));
            AssetInfo asset = assets.getAsset(
                    GetAssetRequest.newBuilder().setId(id.toString()).build());
            assertThat(asset.getSize()).isEqualTo(70_000);
            assertThat(asset.getMediaType()).isEqualTo("model/gltf-binary");

            UUID copy = UUID.randomUUID();
            assets.putAssetIndex(PutAssetIndexRequest.newBuilder()
                    .setId(copy.toString())
                    .setIndexName(asset.getIndexName())
                    .setOwner("copier")
                    .build());
            assertThat(given().get(path(copy)).then().statusCode(200).extract().asByteArray())
                    .isEqualTo(random(40, 70_000));
            assertThat(assets.listAssets(ListAssetsRequest.newBuilder()
                                    .setOwner("copier")
                                    .build())
                            .getAssetsList())
                    .extracting(AssetInfo::getId)
                    .containsExactly(copy.toString());

            assets.addAssetReference(AddAssetReferenceRequest.newBuilder()
                    .setAssetId(copy.toString())
                    .setHolder("zone-7")
                    .build());
            assertThat(assets.listAssetReferences(ListAssetReferencesRequest.newBuilder()
                                    .setAssetId(copy.toString())
                                    .build())
                            .getReferencesCount())
                    .isEqualTo(2);
            DeleteAssetRequest delete =
                    DeleteAssetRequest.newBuilder().setId(copy.toString()).build();
            assertThatThrownBy(() -> assets.deleteAsset(delete))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("FAILED_PRECONDITION");
            assertThat(assets.removeAssetReference(RemoveAssetReferenceRequest.newBuilder()
                                    .setAssetId(copy.toString())
                                    .setHolder("zone-7")
                                    .build())
                            .getRemoved())
                    .isTrue();
            assets.deleteAsset(delete);
            given().get(path(copy)).then().statusCode(404);
        }
    }
}
