package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.kit.testing.TestTokens;

@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class NamedFilesIT {
    private static ValidatableResponse put(String path, byte[] body) {
        return given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .contentType("application/octet-stream")
                .body(body)
                .put(path)
                .then();
    }

    private static byte[] index(long seed) {
        TestChunk chunk = TestChunk.random(seed, 20_000);
        return ChunkIndexCodec.toBytes(ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256)
                .add(chunk.plain.length, chunk.id)
                .build());
    }

    private static String name(byte[] content, String extension) {
        return ChunkProtocolIT.sha256(content) + extension;
    }

    @Test
    void indexIsServedUnderTheDigestOfItsBytes() {
        byte[] index = index(1);
        String path = "/indexes/" + name(index, ".caibx");
        put(path, index).statusCode(200);
        put(path, index).statusCode(200);

        ValidatableResponse answer = given().get(path)
                .then()
                .statusCode(200)
                .header("Cache-Control", "public, max-age=31536000, immutable")
                .header("ETag", '"' + ChunkProtocolIT.sha256(index) + '"');
        assertThat(answer.extract().asByteArray()).isEqualTo(index);
        given().head(path).then().statusCode(200).header("Content-Length", Integer.toString(index.length));
        given().header("Range", "bytes=0-3").get(path).then().statusCode(206);
    }

    @Test
    void otherBytesUnderANameAreRefusedAndChangeNothing() throws Exception {
        byte[] first = index(2);
        byte[] second = index(3);
        String name = name(first, ".caidx");
        put("/indexes/" + name, first).statusCode(200);
        put("/indexes/" + name, second)
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("NAME_MISMATCH"));
        assertThat(Files.readAllBytes(StoreResource.folder().resolve("indexes").resolve(name)))
                .isEqualTo(first);
        try (Stream<Path> files = Files.list(StoreResource.folder().resolve("indexes"))) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(file -> file.startsWith(".tmp"));
        }
    }

    @Test
    void bytesThatAreNoIndexAreRefused() {
        byte[] whole = index(4);
        for (byte[] bad : new byte[][] {
            new byte[0], "no index".getBytes(StandardCharsets.UTF_8), Arrays.copyOf(whole, whole.length - 1)
        }) {
            String path = "/indexes/" + name(bad, ".caibx");
            put(path, bad).statusCode(400).body("code", equalTo("INDEX_MALFORMED"));
            given().get(path).then().statusCode(404);
        }
    }

    @Test
    void indexOfChunksThatTheStoreWouldNotTakeIsRefused() {
        byte[] index = ChunkIndexCodec.toBytes(
                ChunkIndex.builder(new ChunkSizes(1 << 20, 4 << 20, 16 << 20), ChunkDigest.SHA512_256)
                        .build());
        put("/indexes/" + name(index, ".caibx"), index).statusCode(400).body("code", equalTo("INDEX_CHUNKS_TOO_LARGE"));
    }

    @Test
    void manifestIsServedUnderTheDigestOfItsBytes() {
        byte[] manifest = "{\"files\":[]}".getBytes(StandardCharsets.UTF_8);
        String path = "/manifests/" + name(manifest, ".json");
        put(path, manifest).statusCode(200);
        given().get(path).then().statusCode(200).contentType("application/json").body("files.size()", equalTo(0));
        put(path, "{}".getBytes(StandardCharsets.UTF_8)).statusCode(409).body("code", equalTo("NAME_MISMATCH"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{} {}", "{\"a\": nonsense}"})
    void manifestThatIsNoJsonObjectIsRefused(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        put("/manifests/" + name(content, ".json"), content)
                .statusCode(400)
                .body("code", equalTo("MANIFEST_MALFORMED"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/indexes/x.caibx", "/indexes/default.castr", "/manifests/abc.json", "/manifests/"})
    void nameThatIsNoDigestIsRefused(String path) {
        given().get(path).then().statusCode(400).body("code", equalTo("INVALID_NAME"));
    }
}
