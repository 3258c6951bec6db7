package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.testing.TestTokens;

@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class UploadsIT {
    @Inject
    TestClock clock;

    private static RequestSpecification publisher() {
        return given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER));
    }

    private static String open() {
        return publisher()
                .contentType("application/json")
                .body("{}")
                .post("/api/v1/uploads")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    private static ValidatableResponse ask(String query, byte[] ids) {
        return publisher()
                .contentType("application/octet-stream")
                .body(ids)
                .post("/api/v1/chunks/missing" + query)
                .then();
    }

    private static byte[] ids(ChunkId... ids) {
        ByteBuffer buffer = ByteBuffer.allocate(ids.length * ChunkId.BYTES);
        for (ChunkId id : ids) {
            id.putTo(buffer);
        }
        return buffer.array();
    }

    private static byte[] protectedBy(String upload) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Connection connection = NebulaDatabase.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT chunk_ids FROM asset_store.upload_chunks WHERE upload_id = ?")) {
            statement.setObject(1, UUID.fromString(upload));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.write(rows.getBytes(1));
                }
            }
        }
        return all.toByteArray();
    }

    @Test
    void missingIdsAreAnsweredInTheOrderAsked() {
        TestChunk held = TestChunk.random(100, 20_000);
        ChunkId first = new ChunkId(9, 1, 1, 1);
        ChunkId second = new ChunkId(1, 1, 1, 1);
        publisher()
                .contentType("application/octet-stream")
                .body(held.stored)
                .put(held.path())
                .then()
                .statusCode(200);

        byte[] missing = ask("", ids(first, held.id, second, first))
                .statusCode(200)
                .contentType("application/octet-stream")
                .extract()
                .asByteArray();
        assertThat(missing).isEqualTo(ids(first, second, first));
        assertThat(ask("", new byte[0]).statusCode(200).extract().asByteArray()).isEmpty();
    }

    @Test
    void mostIdsOfOneCallAreAnsweredAndOneMoreIsRefused() {
        byte[] most = new byte[65_536 * 32];
        for (int i = 0; i < 65_536; i++) {
            ByteBuffer.wrap(most).putInt(i * 32, i + 1);
        }
        assertThat(ask("", most).statusCode(200).extract().asByteArray()).isEqualTo(most);
        ask("", new byte[65_537 * 32]).statusCode(413).body("code", equalTo("CONTENT_TOO_LARGE"));
    }

    @Test
    void bodyThatIsNotWholeIdsIsRefused() {
        ask("", new byte[33]).statusCode(400).body("code", equalTo("INVALID_IDS"));
    }

    @Test
    void idsAskedAndChunksSentUnderAnUploadAreProtectedUntilItCloses() throws Exception {
        String upload = open();
        ChunkId asked = new ChunkId(7, 7, 7, 7);
        TestChunk sent = TestChunk.random(101, 20_000);

        ask("?upload=" + upload, ids(asked)).statusCode(200);
        publisher()
                .header("Nebula-Upload", upload)
                .contentType("application/octet-stream")
                .body(sent.stored)
                .put(sent.path())
                .then()
                .statusCode(200);
        assertThat(protectedBy(upload)).hasSize(64).satisfies(all -> assertThat(
                        new ChunkId[] {ChunkId.of(all, 0), ChunkId.of(all, 32)})
                .containsExactlyInAnyOrder(asked, sent.id));

        publisher().delete("/api/v1/uploads/" + upload).then().statusCode(204);
        assertThat(protectedBy(upload)).isEmpty();
        ask("?upload=" + upload, ids(asked)).statusCode(404).body("code", equalTo("UPLOAD_NOT_FOUND"));
        publisher().delete("/api/v1/uploads/" + upload).then().statusCode(404).contentType("application/problem+json");
    }

    @Test
    void largeBatchIsProtectedWhole() throws Exception {
        String upload = open();
        byte[] ids = new byte[20_000 * 32];
        for (int i = 0; i < 20_000; i++) {
            ByteBuffer.wrap(ids).putInt(i * 32, i + 1);
        }
        ask("?upload=" + upload, ids).statusCode(200);
        assertThat(protectedBy(upload)).hasSize(ids.length);
    }

    @Test
    void expiredUploadProtectsNoLonger() {
        String upload = open();
        ask("?upload=" + upload, ids(new ChunkId(3, 3, 3, 3))).statusCode(200);
        clock.advance(Duration.ofHours(25));

        ask("?upload=" + upload, ids(new ChunkId(4, 4, 4, 4))).statusCode(409).body("code", equalTo("UPLOAD_EXPIRED"));
        TestChunk chunk = TestChunk.random(102, 20_000);
        publisher()
                .header("Nebula-Upload", upload)
                .contentType("application/octet-stream")
                .body(chunk.stored)
                .put(chunk.path())
                .then()
                .statusCode(409);
    }

    @Test
    void noMoreUploadsAreOpenedThanMayBeUntilOneIsClosed() {
        List<String> opened = new ArrayList<>();
        ValidatableResponse answer = publisher().post("/api/v1/uploads").then();
        while (answer.extract().statusCode() == 201 && opened.size() <= StoreResource.MAX_OPEN_UPLOADS) {
            opened.add(answer.extract().path("id"));
            answer = publisher().post("/api/v1/uploads").then();
        }
        answer.statusCode(429).contentType("application/problem+json").body("code", equalTo("TOO_MANY_UPLOADS"));

        publisher().delete("/api/v1/uploads/" + opened.removeFirst()).then().statusCode(204);
        opened.add(open());
        publisher().post("/api/v1/uploads").then().statusCode(429);
        // What has expired is not open any more, though it may not have been removed yet.
        clock.advance(Duration.ofHours(25));
        open();
        opened.forEach(id -> publisher().delete("/api/v1/uploads/" + id).then().statusCode(204));
    }

    @Test
    void expiryIsTold() {
        String expires = publisher()
                .post("/api/v1/uploads")
                .then()
                .statusCode(201)
                .extract()
                .path("expires_at");
        assertThat(Instant.parse(expires))
                .isBetween(
                        clock.instant().plus(Duration.ofHours(23)),
                        clock.instant().plus(Duration.ofHours(25)));
    }

    @Test
    void uploadIdThatIsNoUuidIsRefused() {
        ask("?upload=x", new byte[0]).statusCode(400).body("code", equalTo("INVALID_UPLOAD_ID"));
        publisher().delete("/api/v1/uploads/x").then().statusCode(400);
    }
}
