package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import com.github.luben.zstd.ZstdOutputStream;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.kit.testing.TestTokens;

@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class ChunkProtocolIT {
    private static final String PUBLISHER = TestTokens.bearer(TestTokens.PUBLISHER);

    private static ValidatableResponse put(String path, byte[] body) {
        return given().header("Authorization", PUBLISHER)
                .contentType("application/octet-stream")
                .body(body)
                .put(path)
                .then();
    }

    private static Path file(ChunkId id) {
        return StoreResource.folder().resolve(TestChunk.pathOf(id).substring(1));
    }

    @Test
    void storedChunkIsServedAsStoredAndForEver() {
        TestChunk chunk = TestChunk.random(1, 70_000);
        put(chunk.path(), chunk.stored).statusCode(200).body(is(emptyOrNullString()));

        ValidatableResponse answer = given().get(chunk.path())
                .then()
                .statusCode(200)
                .header("Content-Length", Integer.toString(chunk.stored.length))
                .header("Cache-Control", "public, max-age=31536000, immutable")
                .header("Accept-Ranges", "bytes")
                .header("ETag", '"' + sha256(chunk.stored) + '"');
        assertThat(answer.extract().asByteArray()).isEqualTo(chunk.stored);
    }

    @Test
    void headTellsLengthAndTagWithoutBody() {
        TestChunk chunk = TestChunk.random(2, 20_000);
        put(chunk.path(), chunk.stored).statusCode(200);

        given().head(chunk.path())
                .then()
                .statusCode(200)
                .header("Content-Length", Integer.toString(chunk.stored.length))
                .header("ETag", '"' + sha256(chunk.stored) + '"')
                .body(is(emptyOrNullString()));
    }

    @Test
    void sha256ChunkIsTakenToo() {
        TestChunk chunk = TestChunk.random(3, 20_000, ChunkDigest.SHA256);
        put(chunk.path(), chunk.stored).statusCode(200);
        given().get(chunk.path()).then().statusCode(200);
    }

    @Test
    void zeroChunkIsAlwaysThere() {
        byte[] zeros = new byte[256 << 10];
        ChunkId id = ChunkDigest.SHA512_256.hash(zeros, 0, zeros.length);

        byte[] stored = given().get(TestChunk.pathOf(id))
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        assertThat(ChunkCodec.verify(id, ChunkDigest.SHA512_256, stored, zeros.length, "served"))
                .isEqualTo(zeros);
    }

    @Test
    void upperCaseNameMeansTheSameChunk() {
        TestChunk chunk = TestChunk.random(4, 20_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        String hex = chunk.id.toString().toUpperCase(Locale.ROOT);
        given().get("/chunks/" + hex.substring(0, 4) + "/" + hex + ".cacnk")
                .then()
                .statusCode(200);
    }

    @Test
    void missingChunkIsNotFoundForGetAndHead() {
        TestChunk chunk = TestChunk.random(5, 20_000);
        given().get(chunk.path())
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("code", equalTo("NOT_FOUND"));
        given().head(chunk.path()).then().statusCode(404).body(is(emptyOrNullString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chunks/",
                "/chunks/abcd",
                "/chunks/abce/abcd000000000000000000000000000000000000000000000000000000000000.cacnk",
                "/chunks/abcd/abcd000000000000000000000000000000000000000000000000000000000000",
                "/chunks/abcd/abcd000000000000000000000000000000000000000000000000000000000000.txt",
                "/chunks/abcd/abcd00000000000000000000000000000000000000000000000000000000000.cacnk",
                "/chunks/abcg/abcg000000000000000000000000000000000000000000000000000000000000.cacnk",
                "/chunks/x/abcd/abcd000000000000000000000000000000000000000000000000000000000000.cacnk",
                "/chunks/..%2f..%2fabcd/abcd000000000000000000000000000000000000000000000000000000000000.cacnk",
            })
    void pathThatIsNoChunkNameIsRefused(String path) {
        given().urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("INVALID_NAME"));
    }

    @Test
    void otherMethodsAreNotAllowed() {
        TestChunk chunk = TestChunk.random(6, 20_000);
        given().header("Authorization", PUBLISHER)
                .delete(chunk.path())
                .then()
                .statusCode(405)
                .contentType("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 206, 0, 1",
        "bytes=5-9, 206, 5, 10",
        "bytes=100-, 206, 100, -1",
        "bytes=-7, 206, -7, -1",
        "bytes=0-99999999999, 206, 0, -1",
        "bytes=9-5, 200, 0, -1",
        "'bytes=0-1,5-6', 200, 0, -1",
        "lines=0-1, 200, 0, -1",
        "bytes=-, 200, 0, -1",
    })
    void rangeIsAnsweredWithThatPart(String range, int status, int from, int to) {
        TestChunk chunk = TestChunk.random(7, 20_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        int size = chunk.stored.length;
        int first = from < 0 ? size + from : from;
        int end = to < 0 ? size : to;

        ValidatableResponse answer = given().header("Range", range)
                .get(chunk.path())
                .then()
                .statusCode(status)
                .header(
                        "Content-Range",
                        status == 206
                                ? equalTo("bytes " + first + "-" + (end - 1) + "/" + size)
                                : nullValue(String.class));
        assertThat(answer.extract().asByteArray()).isEqualTo(Arrays.copyOfRange(chunk.stored, first, end));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000000-", "bytes=-0", "bytes=99999999-999999999"})
    void rangeBehindTheEndIsNotSatisfiable(String range) {
        TestChunk chunk = TestChunk.random(7, 20_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        given().header("Range", range)
                .get(chunk.path())
                .then()
                .statusCode(416)
                .header("Content-Range", "bytes */" + chunk.stored.length);
    }

    @Test
    void conditionsSpareABodyThatIsKnown() {
        TestChunk chunk = TestChunk.random(8, 20_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        String tag = '"' + sha256(chunk.stored) + '"';

        for (String known : new String[] {tag, "W/" + tag, "\"x\", " + tag, "*"}) {
            given().header("If-None-Match", known)
                    .get(chunk.path())
                    .then()
                    .statusCode(304)
                    .header("ETag", tag)
                    .body(is(emptyOrNullString()));
        }
        given().header("If-None-Match", "\"x\"").get(chunk.path()).then().statusCode(200);
        given().header("Range", "bytes=0-0")
                .header("If-Range", tag)
                .get(chunk.path())
                .then()
                .statusCode(206);
        given().header("Range", "bytes=0-0")
                .header("If-Range", "\"x\"")
                .get(chunk.path())
                .then()
                .statusCode(200);
    }

    @Test
    void firstValidBytesStay() throws Exception {
        TestChunk chunk = TestChunk.random(9, 50_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        try (ZstdOutputStream zstd = new ZstdOutputStream(other, 19)) {
            zstd.write(chunk.plain);
        }
        assertThat(other.toByteArray()).isNotEqualTo(chunk.stored);

        put(chunk.path(), other.toByteArray()).statusCode(200);
        assertThat(Files.readAllBytes(file(chunk.id))).isEqualTo(chunk.stored);
    }

    @Test
    void chunkThatIsDamagedOnDiskIsReplacedByAValidOne() throws Exception {
        TestChunk chunk = TestChunk.random(10, 50_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        given().get(chunk.path()).then().statusCode(200);
        Files.write(file(chunk.id), new byte[] {1, 2, 3});

        put(chunk.path(), chunk.stored).statusCode(200);
        assertThat(given().get(chunk.path()).then().statusCode(200).extract().asByteArray())
                .isEqualTo(chunk.stored);
    }

    @Test
    void bytesOfAnotherChunkAreRefusedAndNeverVisible() {
        TestChunk wanted = TestChunk.random(11, 20_000);
        TestChunk other = TestChunk.random(12, 20_000);
        for (byte[] bad : new byte[][] {
            other.stored, wanted.plain, new byte[0], Arrays.copyOf(wanted.stored, wanted.stored.length - 1)
        }) {
            put(wanted.path(), bad)
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("code", equalTo("CHUNK_CORRUPT"));
        }
        given().get(wanted.path()).then().statusCode(404);
        assertThat(file(wanted.id)).doesNotExist();
    }

    @Test
    void bombThatWouldDecompressToGigabytesIsRefusedWithBoundedMemory() throws Exception {
        byte[] bomb = bomb(4L << 30);
        assertThat(bomb.length).isLessThan(1 << 20);
        TestChunk chunk = TestChunk.random(13, 20_000);

        long before = usedAfterCollection();
        long allocatedLimit = 256L << 20;
        put(chunk.path(), bomb).statusCode(400).body("code", equalTo("CHUNK_CORRUPT"));
        assertThat(usedAfterCollection() - before).isLessThan(allocatedLimit);
        given().get(chunk.path()).then().statusCode(404);
    }

    private static long usedAfterCollection() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static byte[] bomb(long size) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] zeros = new byte[1 << 20];
        try (ZstdOutputStream zstd = new ZstdOutputStream(out)) {
            for (long written = 0; written < size; written += zeros.length) {
                zstd.write(zeros);
            }
        }
        return out.toByteArray();
    }

    @Test
    void bodyLargerThanAnyChunkIsRefused() {
        TestChunk chunk = TestChunk.random(14, 20_000);
        put(chunk.path(), new byte[9 << 20]).statusCode(413).body("code", equalTo("CONTENT_TOO_LARGE"));
        given().get(chunk.path()).then().statusCode(404);
    }

    @Test
    void refusedChunksLeaveNoFileBehind() throws Exception {
        TestChunk chunk = TestChunk.random(15, 20_000);
        put(chunk.path(), chunk.plain).statusCode(400);
        try (Stream<Path> files = Files.walk(StoreResource.folder())) {
            assertThat(files.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith(".tmp"));
        }
    }

    static String sha256(byte[] bytes) {
        return java.util.HexFormat.of()
                .formatHex(ChunkDigest.SHA256.newMessageDigest().digest(bytes));
    }
}
