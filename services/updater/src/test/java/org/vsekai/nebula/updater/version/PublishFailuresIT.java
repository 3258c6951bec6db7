package org.vsekai.nebula.updater.version;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.google.rpc.Code;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsekai.nebula.api.assets.v1.PinState;
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.intent.WriteIntent;
import org.vsekai.nebula.kit.ledger.BeginAnswer;
import org.vsekai.nebula.kit.ledger.LeaseAnswer;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.LedgerOutcomeUnknownException;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.testing.ScriptedLedger;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.updater.assets.AssetStoreClient;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.Mode;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.Modes;
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

    @Inject
    LedgerClient ledger;

    @Inject
    VersionWrites writes;

    @Inject
    Transactions transactions;

    @Inject
    Versions versions;

    @Inject
    VersionRepository rows;

    @Inject
    Modes modes;

    @Inject
    Fences fences;

    @Inject
    AssetStoreClient assetStore;

    @Inject
    SweepConfig sweepConfig;

    @Inject
    PublishConfig publishConfig;

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
    void aPinThatCannotBeDroppedIsDroppedByRecovery() {
        createMode("stable");
        assets.failAt("verify", Code.FAILED_PRECONDITION, "CHUNK_MISSING");
        assets.failAt("unpin", Code.UNAVAILABLE, "");
        postVersion("stable", "0.1.0", index("a")).then().statusCode(409).body("code", equalTo("CHUNK_MISSING"));
        nothingIsVisible();
        assertThat(assets.pins()).hasSize(1).containsValue(PinState.PIN_STATE_PENDING);
        UUID id = UUID.fromString(assets.pins().keySet().iterator().next());
        assertThat(intent(id).state()).isEqualTo(LedgerIntent.State.PENDING);

        // However old it is: the pin is the intent's.
        assets.putPin(id.toString(), index("a"), false, LONG_AGO);
        assertThat(sweep()).isEqualTo(PinSweeper.Swept.NOTHING);
        assets.heal();
        eventually(() -> assertThat(assets.pins()).isEmpty());
        eventually(() -> {
            assertThat(intent(id).state()).isEqualTo(LedgerIntent.State.ABORTED);
            assertThat(intent(id).reason()).isEqualTo("no version came of it");
        });
    }

    @Test
    void aFailedTransactionLeavesNothing() {
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
        assertThat(assets.pins()).isEmpty();
    }

    @Test
    void aPinThatCannotBeConfirmedIsConfirmedByRecovery() {
        createMode("stable");
        assets.failAt("confirm", Code.UNAVAILABLE, "");
        Response created = postVersion("stable", "0.1.0", index("a"));
        created.then().statusCode(201);
        UUID id = UUID.fromString(created.path("id"));
        assertThat(assets.pins()).containsExactly(Map.entry(id.toString(), PinState.PIN_STATE_PENDING));
        given().get(VERSIONS + "/0.1.0").then().statusCode(200);
        assertThat(intent(id).state()).isEqualTo(LedgerIntent.State.PENDING);
        assets.heal();

        eventually(() ->
                assertThat(assets.pins()).containsExactly(Map.entry(id.toString(), PinState.PIN_STATE_CONFIRMED)));
        eventually(() -> assertThat(intent(id).state()).isEqualTo(LedgerIntent.State.COMMITTED));
    }

    @Test
    void thePinOfADeletedVersionIsDroppedByRecoveryIfItWasNot() {
        createMode("stable");
        postVersion("stable", "0.1.0", index("a")).then().statusCode(201);
        assets.failAt("unpin", Code.UNAVAILABLE, "");
        publisher().delete(VERSIONS + "/0.1.0").then().statusCode(204);
        assertThat(assets.pins()).containsValue(PinState.PIN_STATE_CONFIRMED);
        assets.heal();
        eventually(() -> assertThat(assets.pins()).isEmpty());
    }

    /** What a writer left that died before its transaction: an intent whose lease is gone, and a pin. */
    @Test
    void whatADeadWriterBeganIsGivenUpAndItsTransactionCanNeverCome() {
        createMode("stable");
        UUID id = UUID.randomUUID();
        // The pin first: recovery may look at the intent at once.
        assets.putPin(id.toString(), index("a"), false, Instant.now());
        WriteIntent dead = orphan("publish", id, id, "0.1.0");

        eventually(() -> assertThat(intent(id).state()).isEqualTo(LedgerIntent.State.ABORTED));
        assertThat(assets.pins()).isEmpty();
        assertThatThrownBy(() -> transactions
                        .inTransaction(() -> writes.fence(dead))
                        .await()
                        .atMost(PATIENCE))
                .isInstanceOf(FencedOutException.class);
        createVersionAgain();
    }

    @Test
    void whatADeadWriterHadCommittedIsCompleted() {
        createMode("stable");
        Response created = postVersion("stable", "0.1.0", index("a"));
        UUID version = UUID.fromString(created.path("id"));
        assets.putPin(version.toString(), index("a"), false, Instant.now());
        UUID id = UUID.randomUUID();
        orphan("publish", id, version, "0.1.0");
        eventually(() -> assertThat(intent(id).state()).isEqualTo(LedgerIntent.State.COMMITTED));
        assertThat(assets.pins()).containsExactly(Map.entry(version.toString(), PinState.PIN_STATE_CONFIRMED));
    }

    @Test
    void aDeadWritersDeletionIsCompletedOrGivenUpByWhetherTheVersionIsThere() {
        createMode("stable");
        Response created = postVersion("stable", "0.1.0", index("a"));
        UUID version = UUID.fromString(created.path("id"));
        UUID before = UUID.randomUUID();
        orphan("delete", before, version, "0.1.0");
        eventually(() -> assertThat(intent(before).state()).isEqualTo(LedgerIntent.State.ABORTED));
        assertThat(assets.pins()).containsKey(version.toString());

        sql("DELETE FROM updater.files");
        sql("DELETE FROM updater.versions");
        UUID after = UUID.randomUUID();
        orphan("delete", after, version, "0.1.0");
        eventually(() -> assertThat(intent(after).state()).isEqualTo(LedgerIntent.State.COMMITTED));
        assertThat(assets.pins()).isEmpty();
    }

    private LedgerIntent intent(UUID id) {
        return ledger.findIntent(id, ReadConsistency.LINEARIZABLE)
                .await()
                .atMost(PATIENCE)
                .orElseThrow();
    }

    private WriteIntent orphan(String kind, UUID id, UUID version, String number) {
        String lease = "node/updater/" + UUID.randomUUID();
        List<String> covers = VersionWrites.covers(
                ModeName.parse("stable"), Requests.version(number), version, new IndexName(index("a")));
        LeaseAnswer.Granted granted = (LeaseAnswer.Granted)
                ledger.acquireLease(lease, lease, Duration.ofMinutes(1)).await().atMost(PATIENCE);
        long leaseToken = granted.lease().token();
        BeginAnswer.Begun begun = (BeginAnswer.Begun) ledger.beginIntent(id, kind, lease, lease, leaseToken, covers)
                .await()
                .atMost(PATIENCE);
        assertThat(ledger.releaseLease(lease, leaseToken).await().atMost(PATIENCE))
                .isTrue();
        return new WriteIntent(id, kind, begun.token(), covers);
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

    /** The version is committed, and its intent with it, between a sweeper's first look at the versions and its look at the intent. */
    @Test
    void aVersionThatComesWhileItsPinIsLookedAtKeepsIt() {
        createMode("stable");
        String id = postVersion("stable", "0.1.0", index("a")).path("id");
        sql("DELETE FROM updater.files");
        sql("UPDATE updater.versions SET id = '" + UUID.randomUUID() + "'");
        LedgerIntent committed = intent(UUID.fromString(id));
        PinSweeper late = new PinSweeper(
                versions,
                assetStore,
                new ScriptedLedger() {
                    @Override
                    public Uni<Optional<LedgerIntent>> findIntent(UUID intent, ReadConsistency consistency) {
                        sql("UPDATE updater.versions SET id = '" + id + "'");
                        return Uni.createFrom().item(Optional.of(committed));
                    }
                },
                sweepConfig,
                publishConfig,
                Clock.systemUTC());
        assets.putPin(id, index("a"), false, LONG_AGO);

        assertThat(late.sweep().await().atMost(PATIENCE)).isEqualTo(new PinSweeper.Swept(0, 1));
        assertThat(assets.pins()).containsExactly(Map.entry(id, PinState.PIN_STATE_CONFIRMED));
    }

    /** The counter may have been added to, and nobody is harmed if it was: nothing else has been done. */
    @Test
    void aGenerationThatTheLedgerLeavesOpenIsNoOpenWrite() {
        createMode("stable");
        Mode mode = modes.get(ModeName.parse("stable")).await().atMost(PATIENCE);
        VersionWrites open = new VersionWrites(fences, transactions, rows, assetStore, new ScriptedLedger() {
            @Override
            public Uni<Long> addToCounter(UUID requestId, String name, long delta) {
                return Uni.createFrom().failure(() -> new LedgerOutcomeUnknownException(requestId, null));
            }
        });
        assertThatThrownBy(() -> open.nextGeneration(mode).await().atMost(PATIENCE))
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem.kind()).isEqualTo(ProblemKind.UNAVAILABLE);
                    assertThat(problem.code()).isEqualTo("LEDGER_UNAVAILABLE");
                });
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
