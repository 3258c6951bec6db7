package org.vsekai.nebula.updater.version;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.google.rpc.Code;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsekai.nebula.api.assets.v1.PinState;
import org.vsekai.nebula.updater.testing.FakeAssetStore;
import org.vsekai.nebula.updater.testing.UpdaterTest;

/** A version appears whole or not at all, whatever fails and whoever else is at it. */
@QuarkusTest
class PublishFailuresIT extends UpdaterTest {
    private static final String VERSIONS = "/api/v1/modes/stable/versions";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant LONG_AGO = Instant.now().minus(Duration.ofHours(4));

    @Inject
    PinSweeper sweeper;

    @ParameterizedTest
    @CsvSource({
        "pin, NOT_FOUND, INDEX_NOT_FOUND, 409, INDEX_NOT_FOUND",
        "pin, UNAVAILABLE, '', 503, ASSET_STORE_UNAVAILABLE",
        "pin, UNAUTHENTICATED, UNAUTHENTICATED, 503, ASSET_STORE_REFUSED",
        "pin, PERMISSION_DENIED, PERMISSION_DENIED, 503, ASSET_STORE_REFUSED",
        "verify, FAILED_PRECONDITION, CHUNK_MISSING, 409, CHUNK_MISSING",
        "verify, DATA_LOSS, CHUNK_CORRUPT, 500, CHUNK_CORRUPT",
        "verify, INVALID_ARGUMENT, ARCHIVE_MALFORMED, 400, ARCHIVE_MALFORMED",
        "verify, UNAVAILABLE, '', 503, ASSET_STORE_UNAVAILABLE",
        "verify, DEADLINE_EXCEEDED, '', 503, ASSET_STORE_UNAVAILABLE",
        "verify, INTERNAL, INTERNAL, 500, ASSET_STORE_FAILED",
        "manifest, UNAVAILABLE, '', 503, ASSET_STORE_UNAVAILABLE",
        "manifest, RESOURCE_EXHAUSTED, STORE_FULL, 503, ASSET_STORE_UNAVAILABLE"
    })
    void aFailureBeforeTheTransactionLeavesNothing(String step, Code code, String reason, int status, String problem) {
        createMode("stable");
        assets.failAt(step, code, reason);
        postVersion("stable", "0.1.0", index("a"))
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("code", equalTo(problem));
        nothingIsVisible();
        assertThat(assets.pins()).isEmpty();

        assets.heal();
        createVersionAgain();
    }

    @ParameterizedTest
    @CsvSource({"pin", "manifest"})
    void aLostAnswerBeforeTheTransactionLeavesNothing(String step) {
        createMode("stable");
        assets.loseAnswerOf(step);
        postVersion("stable", "0.1.0", index("a"))
                .then()
                .statusCode(503)
                .body("code", equalTo("ASSET_STORE_UNAVAILABLE"));
        nothingIsVisible();
        assertThat(assets.pins()).isEmpty();

        assets.heal();
        createVersionAgain();
    }

    @Test
    void aListThatEndsEarlyIsNoVerification() {
        createMode("stable");
        assets.truncate(index("a"));
        postVersion("stable", "0.1.0", index("a")).then().statusCode(500).body("code", equalTo("ASSET_STORE_FAILED"));
        nothingIsVisible();
        assertThat(assets.pins()).isEmpty();
    }

    @Test
    void aPinThatCannotBeDroppedIsSweptLater() {
        createMode("stable");
        assets.failAt("verify", Code.FAILED_PRECONDITION, "CHUNK_MISSING");
        assets.failAt("unpin", Code.UNAVAILABLE, "");
        postVersion("stable", "0.1.0", index("a")).then().statusCode(409).body("code", equalTo("CHUNK_MISSING"));
        nothingIsVisible();
        assertThat(assets.pins()).hasSize(1).containsValue(PinState.PIN_STATE_PENDING);
        assets.heal();

        // Within the grace time it might be the pin of a version in the making.
        assertThat(sweep()).isEqualTo(PinSweeper.Swept.NOTHING);
        assertThat(assets.pins()).hasSize(1);

        String owner = assets.pins().keySet().iterator().next();
        assets.putPin(owner, index("a"), false, LONG_AGO);
        eventually(() -> assertThat(assets.pins()).isEmpty());
    }

    @Test
    void aFailedTransactionLeavesNothingButAPinForTheSweeper() {
        createMode("stable");
        sql("ALTER TABLE updater.files ADD CONSTRAINT broken CHECK (file_name <> 'poison')");
        try {
            postVersion(
                            "stable",
                            "0.1.0",
                            assets.addIndex(
                                    List.of(FakeAssetStore.file("fine", "a"), FakeAssetStore.file("poison", "b"))))
                    .then()
                    .statusCode(500)
                    .body("code", equalTo("INTERNAL"));
        } finally {
            sql("ALTER TABLE updater.files DROP CONSTRAINT broken");
        }
        nothingIsVisible();
        assertThat(assets.pins()).hasSize(1).containsValue(PinState.PIN_STATE_PENDING);
        assets.putPin(assets.pins().keySet().iterator().next(), index("a"), false, LONG_AGO);
        eventually(() -> assertThat(assets.pins()).isEmpty());
    }

    @Test
    void aPinThatCannotBeConfirmedIsConfirmedByTheSweeper() {
        createMode("stable");
        assets.failAt("confirm", Code.UNAVAILABLE, "");
        Response created = postVersion("stable", "0.1.0", index("a"));
        created.then().statusCode(201);
        String id = created.path("id");
        assertThat(assets.pins()).containsExactly(Map.entry(id, PinState.PIN_STATE_PENDING));
        given().get(VERSIONS + "/0.1.0").then().statusCode(200);
        assets.heal();

        assets.putPin(id, index("a"), false, LONG_AGO);
        eventually(() -> assertThat(assets.pins()).containsExactly(Map.entry(id, PinState.PIN_STATE_CONFIRMED)));
        assertThat(sweep()).isEqualTo(PinSweeper.Swept.NOTHING);
    }

    @Test
    void thePinOfADeletedVersionIsSweptIfItWasNotDropped() {
        createMode("stable");
        Response created = postVersion("stable", "0.1.0", index("a"));
        assets.failAt("unpin", Code.UNAVAILABLE, "");
        publisher().delete(VERSIONS + "/0.1.0").then().statusCode(204);
        assertThat(assets.pins()).containsValue(PinState.PIN_STATE_CONFIRMED);
        assets.heal();
        assets.putPin(created.path("id"), index("a"), true, LONG_AGO);
        eventually(() -> assertThat(assets.pins()).isEmpty());
    }

    @Test
    void theSweeperGoesThroughEveryPageAndLeavesWhatIsNotItsOwn() {
        createMode("stable");
        Response created = postVersion("stable", "0.1.0", index("a"));
        String kept = created.path("id");
        assets.putPin(kept, index("a"), true, LONG_AGO);
        String young = UUID.randomUUID().toString();
        assets.putPin(young, index("a"), false, Instant.now());
        assets.putPin("backup-of-2026", index("a"), true, LONG_AGO);
        IntStream.range(0, 7)
                .forEach(i -> assets.putPin(UUID.randomUUID().toString(), index("a"), i % 2 == 0, LONG_AGO));

        eventually(() -> assertThat(assets.pins()).containsOnlyKeys(kept, young, "backup-of-2026"));
        assertThat(sweep()).isEqualTo(PinSweeper.Swept.NOTHING);
        assertThat(assets.pins()).containsOnlyKeys(kept, young, "backup-of-2026");
    }

    @Test
    void ofManyRequestsForOneVersionExactlyOneWins() {
        createMode("stable");
        List<String> indexes =
                IntStream.range(0, 4).mapToObj(i -> index("i" + i)).toList();
        CountDownLatch gate = new CountDownLatch(1);
        assets.holdVerifications(gate);
        List<CompletableFuture<Response>> requests = indexes.stream()
                .map(index -> beside(() -> postVersion("stable", "0.1.0", index)))
                .toList();
        eventually(() ->
                assertThat(assets.calls().stream().filter("verify"::equals)).hasSize(4));
        gate.countDown();

        List<Response> answers = requests.stream().map(CompletableFuture::join).toList();
        assertThat(answers.stream().map(Response::statusCode)).containsExactlyInAnyOrder(201, 409, 409, 409);
        assertThat(answers.stream().filter(it -> it.statusCode() == 409))
                .allSatisfy(it -> assertThat(it.jsonPath().getString("code")).isEqualTo("VERSION_EXISTS"));
        assertThat(number("SELECT count(*) FROM updater.versions")).isEqualTo(1);
        assertThat(number("SELECT count(*) FROM updater.files")).isEqualTo(1);
        Response winner = answers.stream()
                .filter(it -> it.statusCode() == 201)
                .findFirst()
                .orElseThrow();
        assertThat(assets.pins()).containsExactly(Map.entry(winner.path("id"), PinState.PIN_STATE_CONFIRMED));
    }

    @Test
    void ofManyEqualRequestsOneMakesTheVersionAndAllAreAnsweredWithIt() {
        createMode("stable");
        String index = index("a");
        CountDownLatch gate = new CountDownLatch(1);
        assets.holdVerifications(gate);
        List<CompletableFuture<Response>> requests = IntStream.range(0, 4)
                .mapToObj(i -> beside(() -> postVersion("stable", "0.1.0", index)))
                .toList();
        eventually(() ->
                assertThat(assets.calls().stream().filter("verify"::equals)).hasSize(4));

        // All places are taken: a fifth has to come back later.
        postVersion("stable", "0.2.0", index("b")).then().statusCode(429).body("code", equalTo("PUBLISH_BUSY"));
        gate.countDown();

        List<Response> answers = requests.stream().map(CompletableFuture::join).toList();
        assertThat(answers.stream().map(Response::statusCode)).containsExactlyInAnyOrder(201, 200, 200, 200);
        assertThat(answers.stream().map(it -> it.<String>path("id")).distinct()).hasSize(1);
        assertThat(assets.pins()).containsOnlyKeys(answers.getFirst().<String>path("id"));
        // The places are free again.
        createVersion("stable", "0.2.0");
    }

    @Test
    void readersSeeAVersionWithAllItsFilesOrNotAtAll() {
        createMode("stable");
        int count = 3_000;
        String index = assets.addIndex(IntStream.range(0, count)
                .mapToObj(i -> FakeAssetStore.file("f" + i, ""))
                .toList());
        CountDownLatch gate = new CountDownLatch(1);
        assets.holdVerifications(gate);
        CompletableFuture<Response> request = beside(() -> postVersion("stable", "0.1.0", index));
        eventually(() -> assertThat(assets.calls()).contains("verify"));
        nothingIsVisible();
        given().get("/api/v1/modes/stable/update").then().body("action", equalTo("none"));

        AtomicBoolean watching = new AtomicBoolean(true);
        CompletableFuture<Boolean> reader = beside(() -> {
            while (watching.get()) {
                assertThat(number("SELECT count(*) FROM updater.files")).isIn(0L, (long) count);
                Response last = given().get(VERSIONS + "/0.1.0/files?limit=1000");
                assertThat(last.statusCode()).isIn(200, 404);
                if (last.statusCode() == 200) {
                    assertThat(last.jsonPath().getList("items")).hasSize(1000);
                }
            }
            return true;
        });
        gate.countDown();
        assertThat(request.join().statusCode()).isEqualTo(201);
        watching.set(false);
        reader.join();
        assertThat(number("SELECT count(*) FROM updater.files")).isEqualTo(count);
    }

    private PinSweeper.Swept sweep() {
        return sweeper.sweep().await().atMost(PATIENCE);
    }

    private void createVersionAgain() {
        Response created = postVersion("stable", "0.1.0", index("a"));
        created.then().statusCode(201);
        assertThat(assets.pins()).containsExactly(Map.entry(created.path("id"), PinState.PIN_STATE_CONFIRMED));
        assertThat(number("SELECT count(*) FROM updater.files")).isEqualTo(1);
    }

    private static void nothingIsVisible() {
        given().get(VERSIONS).then().statusCode(200).body("items", empty());
        given().get(VERSIONS + "/0.1.0").then().statusCode(404);
        assertThat(number("SELECT count(*) FROM updater.versions")).isZero();
        assertThat(number("SELECT count(*) FROM updater.files")).isZero();
    }
}
