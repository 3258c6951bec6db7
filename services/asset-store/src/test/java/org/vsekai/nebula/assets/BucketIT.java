package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.assets.v1.PutManifestRequest;
import org.vsekai.nebula.api.assets.v1.VerifyIndexRequest;
import org.vsekai.nebula.api.assets.v1.VerifyIndexResponse;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.kit.testing.NebulaCache;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.stores.ObjectChunkStore;
import org.vsekai.nebula.stores.ObjectContent;
import org.vsekai.nebula.stores.ObjectStore;
import org.vsekai.nebula.stores.StoredObject;
import org.vsekai.nebula.stores.s3.S3Server;
import org.vsekai.nebula.stores.url.StoreUrls;

/** The service over a bucket: the protocol and the way of a publication, and what other replicas see. */
@QuarkusTest
@QuarkusTestResource(value = BucketResource.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = NebulaCache.class, restrictToAnnotatedClass = true)
class BucketIT {
    private static final String MANIFEST_CACHE = "assets-manifests-v1";

    /** As another replica has it. */
    private static ObjectStore bucket() {
        return new StoreUrls(HttpStoreOptions.DEFAULT, S3Server.ENVIRONMENT).openObjects(BucketResource.url());
    }

    private static ValidatableResponse put(String path, byte[] body) {
        return given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .contentType("application/octet-stream")
                .body(body)
                .put(path)
                .then();
    }

    /** A bucket is asked for a manifest once for all replicas; a copy that is not what its name says is not believed. */
    @Test
    void manifestsAreCopiedIntoTheSharedCacheAndCheckedWhenTheyComeFromThere() {
        String first = "{\"a\":1}";
        String second = "{\"b\":2}";
        String firstDigest = ChunkProtocolIT.sha256(first.getBytes(StandardCharsets.UTF_8));
        String secondDigest = ChunkProtocolIT.sha256(second.getBytes(StandardCharsets.UTF_8));
        put("/manifests/" + firstDigest + ".json", first.getBytes(StandardCharsets.UTF_8))
                .statusCode(200);
        put("/manifests/" + secondDigest + ".json", second.getBytes(StandardCharsets.UTF_8))
                .statusCode(200);

        assertThat(given().get("/manifests/" + firstDigest + ".json").asString())
                .isEqualTo(first);
        byte[][] copy = new byte[1][];
        Eventually.eventually(() -> {
            copy[0] = NebulaCache.get(MANIFEST_CACHE, firstDigest);
            assertThat(copy[0]).isNotNull();
        });
        NebulaCache.put(MANIFEST_CACHE, secondDigest, copy[0]);

        assertThat(given().get("/manifests/" + secondDigest + ".json").asString())
                .isEqualTo(second);
    }

    @Test
    void chunkIsTakenVerifiedAndServedWithConditionsAndRanges() {
        TestChunk chunk = TestChunk.random(1, 70_000);
        given().get(chunk.path()).then().statusCode(404).body("code", equalTo("NOT_FOUND"));
        put(chunk.path(), TestChunk.random(2, 10).stored).statusCode(400).body("code", equalTo("CHUNK_CORRUPT"));
        given().get(chunk.path()).then().statusCode(404);
        put(chunk.path(), chunk.stored).statusCode(200);

        String tag = '"' + ChunkProtocolIT.sha256(chunk.stored) + '"';
        ValidatableResponse whole = given().get(chunk.path())
                .then()
                .statusCode(200)
                .header("ETag", tag)
                .header("Content-Length", Integer.toString(chunk.stored.length));
        assertThat(whole.extract().asByteArray()).isEqualTo(chunk.stored);
        given().head(chunk.path()).then().statusCode(200).header("ETag", tag);
        given().header("If-None-Match", tag).get(chunk.path()).then().statusCode(304);
        byte[] part = given().header("Range", "bytes=100-4999")
                .get(chunk.path())
                .then()
                .statusCode(206)
                .extract()
                .asByteArray();
        assertThat(part).isEqualTo(Arrays.copyOfRange(chunk.stored, 100, 5000));
    }

    @Test
    void publishedFolderIsVerifiedAndItsFilesAreStreamed() throws Exception {
        PublishedFolder folder = PublishedFolder.publish(3);
        byte[] index = ChunkIndexCodec.toBytes(folder.index());
        String path = "/indexes/" + folder.indexName();
        assertThat(given().get(path).then().statusCode(200).extract().asByteArray())
                .isEqualTo(index);
        assertThat(given().header("Range", "bytes=-7")
                        .get(path)
                        .then()
                        .statusCode(206)
                        .extract()
                        .asByteArray())
                .isEqualTo(Arrays.copyOfRange(index, index.length - 7, index.length));

        try (Grpc grpc = new Grpc()) {
            List<VerifyIndexResponse> answers = new ArrayList<>();
            grpc.server()
                    .verifyIndex(VerifyIndexRequest.newBuilder()
                            .setIndexName(folder.indexName())
                            .build())
                    .forEachRemaining(answers::add);
            assertThat(answers.getLast().getArchive().getIndexBytes()).isEqualTo(index.length);
            assertThat(answers).hasSize(6);

            String json = "{\"filler\": \"" + "x".repeat(300_000) + "\"}";
            String manifest = grpc.server()
                    .putManifest(PutManifestRequest.newBuilder()
                            .setContent(com.google.protobuf.ByteString.copyFromUtf8(json))
                            .build())
                    .getManifestName();
            assertThat(given().get("/manifests/" + manifest)
                            .then()
                            .statusCode(200)
                            .extract()
                            .asString())
                    .isEqualTo(json);
            given().get("/manifests/" + "0".repeat(64) + ".json").then().statusCode(404);
        }
    }

    @Test
    void replicasSeeOneStore() {
        TestChunk ours = TestChunk.random(4, 30_000);
        TestChunk theirs = TestChunk.random(5, 30_000);
        put(ours.path(), ours.stored).statusCode(200);
        try (ObjectChunkStore other = new ObjectChunkStore(bucket(), "chunks")) {
            assertThat(other.getStored(ours.id, ChunkCodec.maxStoredBytes(30_000)))
                    .isEqualTo(ours.stored);
            assertThat(other.put(theirs.id, theirs.stored)).isTrue();
        }
        assertThat(given().get(theirs.path()).then().statusCode(200).extract().asByteArray())
                .isEqualTo(theirs.stored);
    }

    @Test
    void chunkThatIsDamagedInTheBucketIsReplacedByAValidOne() {
        TestChunk chunk = TestChunk.random(6, 30_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        try (ObjectStore other = bucket()) {
            other.put(chunk.path().substring(1), ObjectContent.of(new byte[] {1, 2, 3}));
            put(chunk.path(), chunk.stored).statusCode(200);
            assertThat(other.find(chunk.path().substring(1)).map(StoredObject::size))
                    .contains((long) chunk.stored.length);
        }
    }

    @Test
    void statisticsCountTheBucket() {
        TestChunk chunk = TestChunk.random(7, 30_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        long chunks;
        try (ObjectStore other = bucket();
                Stream<StoredObject> found = other.list("chunks")) {
            chunks = found.count();
        }
        Eventually.eventually(() -> given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                .get("/api/v1/statistics")
                .then()
                .statusCode(200)
                .body("chunk_count", org.hamcrest.Matchers.greaterThanOrEqualTo((int) chunks)));
    }

    @Test
    void bucketThatIsAwayIsSaidAndComesBack() throws Exception {
        TestChunk chunk = TestChunk.random(8, 30_000);
        put(chunk.path(), chunk.stored).statusCode(200);
        given().get("/q/health/ready").then().statusCode(200);
        BucketResource.server().kill();
        try {
            given().get(chunk.path()).then().statusCode(503).body("code", equalTo("STORE_UNAVAILABLE"));
            TestChunk other = TestChunk.random(9, 30_000);
            put(other.path(), other.stored).statusCode(503).body("code", equalTo("STORE_UNAVAILABLE"));
            given().get(other.path()).then().statusCode(503);
        } finally {
            BucketResource.server().start();
        }
        assertThat(given().get(chunk.path()).then().statusCode(200).extract().asByteArray())
                .isEqualTo(chunk.stored);
        assertThat(given().get("/q/health/ready").then().extract().asString()).contains(BucketResource.url());
    }
}
