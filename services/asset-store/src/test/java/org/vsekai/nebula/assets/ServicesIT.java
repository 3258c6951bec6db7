package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc.AssetStoreBlockingStub;
import org.vsekai.nebula.api.assets.v1.ChunkIds;
import org.vsekai.nebula.api.assets.v1.ConfirmPinRequest;
import org.vsekai.nebula.api.assets.v1.EntryKind;
import org.vsekai.nebula.api.assets.v1.GetStatisticsRequest;
import org.vsekai.nebula.api.assets.v1.ListPinsRequest;
import org.vsekai.nebula.api.assets.v1.ListPinsResponse;
import org.vsekai.nebula.api.assets.v1.PinInfo;
import org.vsekai.nebula.api.assets.v1.PinRequest;
import org.vsekai.nebula.api.assets.v1.PinState;
import org.vsekai.nebula.api.assets.v1.PutManifestRequest;
import org.vsekai.nebula.api.assets.v1.Statistics;
import org.vsekai.nebula.api.assets.v1.UnpinRequest;
import org.vsekai.nebula.api.assets.v1.VerifiedArchive;
import org.vsekai.nebula.api.assets.v1.VerifiedEntry;
import org.vsekai.nebula.api.assets.v1.VerifyIndexRequest;
import org.vsekai.nebula.api.assets.v1.VerifyIndexResponse;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.kit.testing.TestTokens;

/** What other services ask of the store over gRPC. */
@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class ServicesIT {
    private static Grpc grpc;
    private static AssetStoreBlockingStub store;

    @BeforeAll
    static void connect() {
        grpc = new Grpc();
        store = grpc.server();
    }

    @AfterAll
    static void disconnect() {
        grpc.close();
    }

    private static void assertFails(ThrowingCallable call, Status.Code code, String reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
            assertThat(failure.getStatus().getCode()).isEqualTo(code);
            assertThat(GrpcStatuses.findReason(failure)).contains(reason);
        });
    }

    private static Path file(ChunkId id) {
        return StoreResource.folder().resolve(TestChunk.pathOf(id).substring(1));
    }

    @Test
    void streamOfIdsIsAnsweredMessageByMessage() throws Exception {
        PublishedFolder folder = PublishedFolder.publish(1);
        ByteString missing = ByteString.copyFrom(new ChunkId(5, 5, 5, 5).toByteArray());
        ByteString held = ByteString.copyFrom(folder.index().id(0).toByteArray());
        List<ChunkIds> answers = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Void> done = new CompletableFuture<>();
        StreamObserver<ChunkIds> requests = grpc.streamingServer().findMissing(new StreamObserver<>() {
            @Override
            public void onNext(ChunkIds ids) {
                answers.add(ids);
            }

            @Override
            public void onError(Throwable failure) {
                done.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                done.complete(null);
            }
        });
        requests.onNext(ChunkIds.newBuilder().setIds(held.concat(missing)).build());
        requests.onNext(ChunkIds.newBuilder().setIds(held).build());
        requests.onNext(ChunkIds.newBuilder().setIds(missing.concat(missing)).build());
        requests.onCompleted();
        done.get(30, TimeUnit.SECONDS);

        assertThat(answers.stream().map(ChunkIds::getIds))
                .containsExactly(missing, ByteString.EMPTY, missing.concat(missing));
    }

    @Test
    void verificationTellsEveryEntryAndThenTheArchive() throws Exception {
        PublishedFolder folder = PublishedFolder.publish(2);
        Map<String, VerifiedEntry> entries = new HashMap<>();
        List<VerifiedArchive> archives = new ArrayList<>();
        Iterator<VerifyIndexResponse> responses = verify(folder.indexName());
        while (responses.hasNext()) {
            VerifyIndexResponse response = responses.next();
            assertThat(archives).as("the archive comes last").isEmpty();
            if (response.hasArchive()) {
                archives.add(response.getArchive());
            } else {
                entries.put(response.getEntry().getPath(), response.getEntry());
            }
        }

        assertThat(entries.keySet())
                .containsExactlyInAnyOrder("data", "data/große Datei.bin", "data/empty", "link", "run.sh");
        VerifiedEntry file = entries.get("data/große Datei.bin");
        assertThat(file.getKind()).isEqualTo(EntryKind.ENTRY_KIND_FILE);
        assertThat(file.getSize()).isEqualTo(folder.content().length);
        assertThat(file.getMode()).isEqualTo(0644);
        assertThat(file.getSha256().toByteArray())
                .isEqualTo(ChunkDigest.SHA256.newMessageDigest().digest(folder.content()));
        assertThat(entries.get("data/empty").getSize()).isZero();
        assertThat(entries.get("data").getKind()).isEqualTo(EntryKind.ENTRY_KIND_DIRECTORY);
        assertThat(entries.get("run.sh").getMode()).isEqualTo(0755);
        assertThat(entries.get("link").getKind()).isEqualTo(EntryKind.ENTRY_KIND_SYMLINK);
        assertThat(entries.get("link").getLinkTarget()).isEqualTo("run.sh");
        assertThat(archives.getFirst().getArchiveBytes())
                .isEqualTo(folder.index().blobSize());
        assertThat(archives.getFirst().getChunkCount()).isEqualTo(folder.index().chunkCount());
        assertThat(archives.getFirst().getDigest()).isEqualTo("sha512-256");
    }

    private static Iterator<VerifyIndexResponse> verify(String name) {
        return store.withDeadlineAfter(60, TimeUnit.SECONDS)
                .verifyIndex(VerifyIndexRequest.newBuilder().setIndexName(name).build());
    }

    private static void drain(Iterator<VerifyIndexResponse> responses) {
        while (responses.hasNext()) {
            assertThat(responses.next().hasArchive()).isFalse();
        }
    }

    @Test
    void verificationFailsAtAMissingAndAtADamagedChunk() throws Exception {
        PublishedFolder folder = PublishedFolder.publish(3);
        Path last = file(folder.index().id(folder.index().chunkCount() - 1));
        byte[] intact = Files.readAllBytes(last);

        Files.delete(last);
        assertFails(() -> drain(verify(folder.indexName())), Status.Code.FAILED_PRECONDITION, "CHUNK_MISSING");
        Files.write(last, new byte[] {0, 1, 2});
        assertFails(() -> drain(verify(folder.indexName())), Status.Code.DATA_LOSS, "CHUNK_CORRUPT");
        Files.write(last, intact);
        assertThat(verify(folder.indexName()).hasNext()).isTrue();
    }

    @Test
    void verificationRefusesWhatIsNoArchiveAndWhatIsNotThere() throws Exception {
        String blob = PublishedFolder.publishBlob(TestChunk.random(200, 20_000));
        assertFails(() -> drain(verify(blob)), Status.Code.INVALID_ARGUMENT, "ARCHIVE_MALFORMED");
        assertFails(() -> drain(verify("0".repeat(64) + ".caidx")), Status.Code.NOT_FOUND, "INDEX_NOT_FOUND");
        assertFails(() -> drain(verify("../x.caidx")), Status.Code.INVALID_ARGUMENT, "INVALID_NAME");
    }

    @Test
    void pinIsPendingThenConfirmedThenGone() throws Exception {
        PublishedFolder folder = PublishedFolder.publish(4);
        String owner = UUID.randomUUID().toString();
        PinRequest request = PinRequest.newBuilder()
                .setIndexName(folder.indexName())
                .setOwner(owner)
                .build();

        PinInfo pin = store.pin(request);
        assertThat(pin.getState()).isEqualTo(PinState.PIN_STATE_PENDING);
        assertThat(store.pin(request)).isEqualTo(pin);
        ConfirmPinRequest confirm =
                ConfirmPinRequest.newBuilder().setOwner(owner).build();
        assertThat(store.confirmPin(confirm).getState()).isEqualTo(PinState.PIN_STATE_CONFIRMED);
        assertThat(store.confirmPin(confirm).getState()).isEqualTo(PinState.PIN_STATE_CONFIRMED);

        UnpinRequest unpin = UnpinRequest.newBuilder().setOwner(owner).build();
        assertThat(store.unpin(unpin).getRemoved()).isTrue();
        assertThat(store.unpin(unpin).getRemoved()).isFalse();
        assertFails(() -> store.confirmPin(confirm), Status.Code.NOT_FOUND, "PIN_NOT_FOUND");
    }

    @Test
    void ownerPinsOneIndexOnly() throws Exception {
        String owner = UUID.randomUUID().toString();
        PinRequest.Builder request = PinRequest.newBuilder().setOwner(owner);
        store.pin(request.setIndexName(PublishedFolder.publish(5).indexName()).build());
        PinRequest other =
                request.setIndexName(PublishedFolder.publish(6).indexName()).build();

        assertFails(() -> store.pin(other), Status.Code.ALREADY_EXISTS, "PIN_OWNER_TAKEN");
        assertFails(
                () -> store.pin(request.setIndexName("f".repeat(64) + ".caidx").build()),
                Status.Code.NOT_FOUND,
                "INDEX_NOT_FOUND");
        assertFails(() -> store.pin(request.setOwner(" ").build()), Status.Code.INVALID_ARGUMENT, "INVALID_OWNER");
    }

    @Test
    void pinsArePagedOldestFirstAndFiltered() throws Exception {
        String index = PublishedFolder.publish(7).indexName();
        List<String> owners = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            owners.add("paged-" + i + "-" + UUID.randomUUID());
            store.pin(PinRequest.newBuilder()
                    .setIndexName(index)
                    .setOwner(owners.get(i))
                    .build());
        }
        store.confirmPin(ConfirmPinRequest.newBuilder().setOwner(owners.get(2)).build());

        List<String> seen = new ArrayList<>();
        ListPinsRequest.Builder request =
                ListPinsRequest.newBuilder().setPageSize(2).setState(PinState.PIN_STATE_PENDING);
        do {
            ListPinsResponse page = store.listPins(request.build());
            assertThat(page.getPinsCount()).isLessThanOrEqualTo(2);
            page.getPinsList().forEach(pin -> seen.add(pin.getOwner()));
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());
        assertThat(seen).doesNotHaveDuplicates().doesNotContain(owners.get(2));
        assertThat(seen).containsSubsequence(owners.get(0), owners.get(1), owners.get(3), owners.get(4));

        Timestamp longAgo = Timestamp.newBuilder()
                .setSeconds(Instant.now().minus(Duration.ofDays(1)).getEpochSecond())
                .build();
        assertThat(store.listPins(ListPinsRequest.newBuilder()
                                .setInsertedBefore(longAgo)
                                .build())
                        .getPinsList())
                .isEmpty();
        assertFails(
                () -> store.listPins(
                        ListPinsRequest.newBuilder().setPageToken("%").build()),
                Status.Code.INVALID_ARGUMENT,
                "INVALID_CURSOR");
        given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                .get("/api/v1/pins?limit=1000")
                .then()
                .statusCode(200)
                .body("items.owner", hasItem(owners.get(0)))
                .body("items.state", hasItem("CONFIRMED"));
    }

    @Test
    void manifestOfAServiceIsServedToPlayers() {
        ByteString manifest = ByteString.copyFromUtf8("{\"mode\":\"stable\"}");
        String name = store.putManifest(
                        PutManifestRequest.newBuilder().setContent(manifest).build())
                .getManifestName();
        assertThat(given().get("/manifests/" + name)
                        .then()
                        .statusCode(200)
                        .extract()
                        .asByteArray())
                .isEqualTo(manifest.toByteArray());
        assertFails(
                () -> store.putManifest(PutManifestRequest.newBuilder()
                        .setContent(ByteString.copyFromUtf8("nothing"))
                        .build()),
                Status.Code.INVALID_ARGUMENT,
                "MANIFEST_MALFORMED");
    }

    @Test
    void manifestLargerThanAnOrdinaryMessageIsTaken() {
        ByteString manifest = ByteString.copyFromUtf8("{\"x\":\"" + "y".repeat(20 << 20) + "\"}");
        assertThat(store.putManifest(PutManifestRequest.newBuilder()
                                .setContent(manifest)
                                .build())
                        .getManifestName())
                .endsWith(".json");
    }

    @Test
    void statisticsCountWhatIsThere() throws Exception {
        PublishedFolder folder = PublishedFolder.publish(8);
        store.pin(PinRequest.newBuilder()
                .setIndexName(folder.indexName())
                .setOwner(UUID.randomUUID().toString())
                .build());
        Instant stored = Instant.now();

        Statistics statistics = eventuallyCountedAfter(stored);
        assertThat(statistics.getChunkCount())
                .isGreaterThanOrEqualTo(folder.index().chunkCount());
        assertThat(statistics.getStoredBytes()).isGreaterThan(folder.content().length);
        assertThat(statistics.getIndexCount()).isPositive();
        assertThat(statistics.getPendingPinCount()).isPositive();
        given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                .get("/api/v1/statistics")
                .then()
                .statusCode(200)
                .body("chunk_count", greaterThanOrEqualTo((int) statistics.getChunkCount()));
    }

    private static Statistics eventuallyCountedAfter(Instant time) {
        AtomicReference<Statistics> counted = new AtomicReference<>();
        Eventually.eventually(() -> {
            Statistics statistics = store.getStatistics(GetStatisticsRequest.getDefaultInstance());
            assertThat(statistics.hasCountedAt()).isTrue();
            assertThat(statistics.getCountedAt().getSeconds()).isGreaterThan(time.getEpochSecond() + 1);
            counted.set(statistics);
        });
        return counted.get();
    }
}
