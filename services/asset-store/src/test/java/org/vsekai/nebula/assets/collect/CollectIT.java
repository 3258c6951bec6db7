package org.vsekai.nebula.assets.collect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.assets.FreeGrpcPort;
import org.vsekai.nebula.assets.StoreResource;
import org.vsekai.nebula.assets.TestClock;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.ledger.BeginAnswer;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.LeaseAnswer;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.testing.NebulaDatabase;

@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class CollectIT {
    private static final String DELETE_ALL = "collections?delete=true&grace=PT0S";

    private static final Duration LEDGER_WAIT = Duration.ofSeconds(30);

    /** How long publishers and the collector work against one another; longer is better, and CI has many tests. */
    private static final Duration SOAK = Duration.ofSeconds(Integer.getInteger("nebula.soak.seconds", 15));

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TestHTTPResource
    URI base;

    @Inject
    TestClock clock;

    @Inject
    LedgerClient ledger;

    @Inject
    Turns turns;

    @Inject
    Runs runs;

    @Inject
    Fences fences;

    @Inject
    CollectConfig config;

    @TempDir
    Path scratch;

    private Publisher publisher;

    @BeforeEach
    void forgetWhatOtherTestsLeft() throws Exception {
        clock.reset();
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("pins", "assets", "uploads", "indexes", "condemned", "maintenance_runs")) {
                statement.executeUpdate("DELETE FROM asset_store." + table);
            }
        }
        publisher = new Publisher(base, FreeGrpcPort.port());
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    private JsonObject complete(String what) throws Exception {
        return await(publisher.start(what).getString("id"));
    }

    private JsonObject await(String id) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        JsonObject run = publisher.run(id);
        while (run.getString("state").equals("RUNNING")) {
            assertThat(System.nanoTime()).as("run %s", run).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            run = publisher.run(id);
        }
        assertThat(run.getString("state")).as(run.encode()).isEqualTo("COMPLETED");
        return run;
    }

    private static long figure(JsonObject run, String name) {
        return run.getJsonObject("figures").getLong(name, 0L);
    }

    private static List<Path> files(String folder, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(StoreResource.folder().resolve(folder))) {
            return all.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    private static Path file(ChunkId id) {
        return StoreResource.folder().resolve("chunks").resolve(Stores.path(id));
    }

    @Test
    void aDryRunCountsWhatADeletingRunDeletesAndWhatIsPinnedStays() throws Exception {
        JsonObject emptied = complete(DELETE_ALL);
        Publisher.Build kept = Publisher.build(scratch, new int[] {1, 2, 3});
        Publisher.Build dropped = Publisher.build(scratch, new int[] {3, 4, 5});
        publisher.publish(kept, "kept");
        publisher.publish(dropped, "dropped");
        publisher.unpin("dropped");

        JsonObject dry = complete("collections?grace=PT0S");
        assertThat(figure(dry, "chunks_garbage")).isPositive();
        assertThat(figure(dry, "chunks_swept")).isZero();
        publisher.verify(dropped.indexName());

        JsonObject young = complete("collections?delete=true&grace=P30D");
        assertThat(figure(young, "chunks_swept")).isZero();
        publisher.verify(dropped.indexName());

        JsonObject swept = complete(DELETE_ALL);
        assertThat(figure(swept, "chunks_swept")).isEqualTo(figure(dry, "chunks_garbage"));
        assertThat(figure(swept, "bytes_swept")).isEqualTo(figure(dry, "bytes_garbage"));
        assertThat(figure(swept, "chunks_kept")).isEqualTo(figure(dry, "chunks_kept"));
        assertThat(figure(swept, "indexes_swept")).isEqualTo(1);
        publisher.verify(kept.indexName());
        assertThat(files("indexes", ".caidx")).hasSize(1);
        assertThat(figure(emptied, "chunks_kept")).as("the zero chunk alone").isEqualTo(1);
    }

    @Test
    void whatAnOpenUploadAskedAboutStays() throws Exception {
        complete(DELETE_ALL);
        Publisher.Build build = Publisher.build(scratch, new int[] {11, 12});
        publisher.publish(build, "first");
        publisher.unpin("first");
        String upload = publisher.open();
        assertThat(publisher.askMissing(build, upload)).isEmpty();
        assertThat(figure(complete(DELETE_ALL), "chunks_swept")).isZero();
        publisher.close(upload);
        assertThat(figure(complete(DELETE_ALL), "chunks_swept"))
                .isEqualTo(build.chunks().size());
    }

    @Test
    void assetsHoldTheirBytesUntilNobodyNeedsThem() throws Exception {
        byte[] content = new byte[300_000];
        new Random(21).nextBytes(content);
        String path = "/api/v1/assets/" + UUID.randomUUID();
        assertThat(publisher.asset("PUT", path + "?owner=o", content).statusCode())
                .isEqualTo(201);
        complete(DELETE_ALL);
        assertThat(publisher.asset("GET", path, new byte[0]).body()).isEqualTo(content);

        assertThat(publisher
                        .asset("DELETE", path + "/references/o", new byte[0])
                        .statusCode())
                .isEqualTo(204);
        JsonObject swept = complete(DELETE_ALL);
        assertThat(figure(swept, "assets_swept")).isEqualTo(1);
        assertThat(figure(swept, "chunks_kept")).isEqualTo(1);
        assertThat(publisher.asset("GET", path, new byte[0]).statusCode()).isEqualTo(404);
    }

    @Test
    void damagedAndMissingChunksAreReportedAndHealedFromAnotherStore() throws Exception {
        complete(DELETE_ALL);
        Publisher.Build build = Publisher.build(scratch, new int[] {31, 32, 33});
        publisher.publish(build, "healed");
        LocalChunkStore other = new LocalChunkStore(scratch.resolve("other"));
        build.chunks().forEach(other::put);
        List<ChunkId> ids = List.copyOf(build.chunks().keySet());
        Files.delete(file(ids.get(0)));
        byte[] damaged = build.chunks().get(ids.get(1)).clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(file(ids.get(1)), damaged);

        JsonObject found = complete("verifications");
        assertThat(figure(found, "chunks_missing")).isEqualTo(1);
        assertThat(figure(found, "chunks_damaged")).isEqualTo(1);
        assertThat(figure(found, "chunks_read")).isEqualTo(ids.size());
        assertThat(found.getJsonArray("report").encode()).contains("missing " + ids.get(0), "damaged " + ids.get(1));

        JsonObject healed =
                complete("verifications?repair_from=" + scratch.resolve("other").toUri());
        assertThat(figure(healed, "chunks_repaired")).isEqualTo(2);
        publisher.verify(build.indexName());
        JsonObject clean = complete("verifications");
        assertThat(figure(clean, "chunks_missing") + figure(clean, "chunks_damaged"))
                .isZero();
        publisher.unpin("healed");
    }

    @Test
    void onlyOneRunIsUnderWayAndItCanBeCancelled() throws Exception {
        // Another instance has its turn, so nothing here takes up the run.
        LeaseAnswer.Granted other =
                (LeaseAnswer.Granted) ledger.acquireLease("node/another", "another", Duration.ofMinutes(1))
                        .await()
                        .atMost(LEDGER_WAIT);
        long token = other.lease().token();
        assertThat(ledger.claim(Turns.CLAIM, "node/another", token).await().atMost(LEDGER_WAIT))
                .isInstanceOf(ClaimAnswer.Claimed.class);
        String id = publisher.start("collections").getString("id");
        HttpResponse<byte[]> second = publisher.operator("POST", "/api/v1/maintenance/verifications");
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(new String(second.body(), UTF_8)).contains("MAINTENANCE_RUNNING");
        publisher.operator("DELETE", "/api/v1/maintenance/" + id);
        assertThat(publisher.run(id).getString("state")).isEqualTo("CANCELLED");
        assertThat(ledger.releaseLease("node/another", token).await().atMost(LEDGER_WAIT))
                .isTrue();
        complete("collections");
    }

    @Test
    void anIndexThatSomebodyHasAnnouncedToPublishStaysAndSoDoItsChunks() throws Exception {
        complete(DELETE_ALL);
        Publisher.Build build = Publisher.build(scratch, new int[] {41, 42});
        publisher.publish(build, "announced");
        publisher.unpin("announced");
        LeaseAnswer.Granted writer =
                (LeaseAnswer.Granted) ledger.acquireLease("node/writer", "writer", Duration.ofMinutes(1))
                        .await()
                        .atMost(LEDGER_WAIT);
        long token = writer.lease().token();
        UUID id = UUID.randomUUID();
        BeginAnswer.Begun begun = (BeginAnswer.Begun)
                ledger.beginIntent(id, "publish", "writer", "node/writer", token, List.of("index/" + build.indexName()))
                        .await()
                        .atMost(LEDGER_WAIT);
        assertThat(figure(complete(DELETE_ALL), "chunks_swept")).isZero();

        ledger.abortIntent(id, begun.token(), "the test is over").await().atMost(LEDGER_WAIT);
        assertThat(figure(complete(DELETE_ALL), "chunks_swept"))
                .isEqualTo(build.chunks().size());
    }

    @Test
    void aCollectorThatWasOvertakenCanCondemnNothingMore() throws Exception {
        String run = publisher.start("verifications").getString("id");
        await(run);
        Run ended = runs.get(UUID.fromString(run)).await().atMost(LEDGER_WAIT);
        Turn turn = turns.take(ended).orElseThrow();
        fences.shutOut(Turns.CLAIM, turn.token()).await().atMost(LEDGER_WAIT);
        assertThatThrownBy(() -> runs.step(new Progress(runs, ended, turn, config), () -> Uni.createFrom()
                        .item(true)))
                .isInstanceOf(RunEndedException.class)
                .hasMessageContaining("another instance");
        turns.giveBack(turn);
    }

    /**
     * Publishers ship builds that share files, drop some, and ship them again, while collections without any grace time
     * follow one another. An upload's publish must never fail, and nothing that was confirmed may be lost.
     */
    @Test
    void publishingWhileCollectingLosesNothing() throws Exception {
        long seed = Long.getLong("nebula.soak.seed", System.nanoTime());
        System.out.println("CollectIT seed: -Dnebula.soak.seed=" + seed);
        long begun = System.nanoTime();
        Map<String, String> held = new ConcurrentHashMap<>();
        AtomicInteger published = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger collections = new AtomicInteger();
        AtomicInteger replaced = new AtomicInteger();
        AtomicLong swept = new AtomicLong();
        AtomicLong rechecked = new AtomicLong();
        // On a busy machine it takes longer until as much has happened as there must be.
        BooleanSupplier goesOn = () -> System.nanoTime() - begun < SOAK.toNanos()
                || ((collections.get() < 3 || swept.get() == 0)
                        && System.nanoTime() - begun < SOAK.plus(PATIENCE).toNanos());
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(seed + i);
                String name = "publisher-" + i + "-";
                boolean isProtected = i < 2;
                work.add(threads.submit((Callable<Void>) () -> {
                    List<String> mine = new ArrayList<>();
                    for (int n = 0; goesOn.getAsBoolean(); n++) {
                        Publisher.Build build = Publisher.build(
                                scratch, random.ints(4, 100, 118).distinct().toArray());
                        String owner = name + n;
                        if (isProtected) {
                            publisher.publish(build, owner);
                            held.put(owner, build.indexName());
                            mine.add(owner);
                            published.incrementAndGet();
                        } else if (tryPublishUnprotected(build, owner)) {
                            held.put(owner, build.indexName());
                            mine.add(owner);
                        } else {
                            refused.incrementAndGet();
                        }
                        while (mine.size() > 2) {
                            String dropped = mine.remove(random.nextInt(mine.size()));
                            held.remove(dropped);
                            publisher.unpin(dropped);
                        }
                    }
                    return null;
                }));
            }
            work.add(threads.submit((Callable<Void>) () -> {
                while (goesOn.getAsBoolean()) {
                    JsonObject run = complete(DELETE_ALL);
                    collections.incrementAndGet();
                    swept.addAndGet(figure(run, "chunks_swept"));
                    rechecked.addAndGet(figure(run, "chunks_rechecked_kept"));
                }
                return null;
            }));
            work.add(threads.submit((Callable<Void>) () -> {
                Random random = new Random(seed + 99);
                byte[][] contents = new byte[3][400_000];
                for (byte[] content : contents) {
                    random.nextBytes(content);
                }
                String path = "/api/v1/assets/" + UUID.randomUUID();
                while (goesOn.getAsBoolean()) {
                    byte[] content = contents[random.nextInt(contents.length)];
                    assertThat(publisher.asset("PUT", path, content).statusCode())
                            .isIn(200, 201);
                    assertThat(publisher.asset("GET", path, new byte[0]).body()).isEqualTo(content);
                    replaced.incrementAndGet();
                }
                assertThat(publisher.asset("DELETE", path, new byte[0]).statusCode())
                        .isEqualTo(204);
                return null;
            }));
            for (Future<?> each : work) {
                each.get();
            }
        }
        System.out.printf(
                "published %d, refused without an upload %d, assets put %d, collections %d, chunks swept %d,"
                        + " kept on recheck %d, pins held %d%n",
                published.get(),
                refused.get(),
                replaced.get(),
                collections.get(),
                swept.get(),
                rechecked.get(),
                held.size());
        assertThat(collections.get()).isGreaterThan(2);
        assertThat(swept).hasPositiveValue();
        for (String index : held.values()) {
            publisher.verify(index);
        }
        held.keySet().forEach(publisher::unpin);
        JsonObject last = complete(DELETE_ALL);
        assertThat(figure(last, "chunks_kept"))
                .as("the zero chunk alone: %s", last)
                .isEqualTo(1);
        assertThat(files("chunks", ".cacnk")).hasSize(1);
        assertThat(files("indexes", "")).as("the folder itself").hasSize(1);
    }

    /** Without an upload, what the store already had may go before the pin; then it must be refused, not accepted. */
    private boolean tryPublishUnprotected(Publisher.Build build, String owner) throws Exception {
        try {
            publisher.publishUnprotected(build, owner);
            return true;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode())
                    .as(e.toString())
                    .isIn(Status.Code.FAILED_PRECONDITION, Status.Code.NOT_FOUND);
            publisher.unpin(owner);
            return false;
        }
    }
}
