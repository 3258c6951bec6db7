package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc.AssetStoreBlockingStub;
import org.vsekai.nebula.api.assets.v1.PackTarget;
import org.vsekai.nebula.api.assets.v1.PinRequest;
import org.vsekai.nebula.api.assets.v1.SetPacksRequest;
import org.vsekai.nebula.api.assets.v1.UnpinRequest;
import org.vsekai.nebula.casync.pack.PackIndexCodec;
import org.vsekai.nebula.casync.pack.PackOffer;
import org.vsekai.nebula.casync.pack.PackPlan;
import org.vsekai.nebula.casync.pack.PackSource;
import org.vsekai.nebula.casync.pack.PlanOptions;
import org.vsekai.nebula.casync.store.FileRanges;
import org.vsekai.nebula.kit.testing.NebulaDatabase;

/** Packs from the request of a service to the bytes that a client gets. */
@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class PacksIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
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

    private static PublishedFolder publish(long seed) throws Exception {
        PublishedFolder folder = PublishedFolder.publish(seed);
        store.pin(PinRequest.newBuilder()
                .setIndexName(folder.indexName())
                .setOwner("version-" + folder.indexName())
                .build());
        return folder;
    }

    private static int set(String owner, PackTarget... targets) {
        return store.setPacks(SetPacksRequest.newBuilder()
                        .setOwner(owner)
                        .addAllTargets(List.of(targets))
                        .build())
                .getWantedCount();
    }

    private static PackTarget target(PublishedFolder folder, PublishedFolder... bases) {
        return PackTarget.newBuilder()
                .setIndexName(folder.indexName())
                .addAllBaseIndexNames(
                        List.of(bases).stream().map(PublishedFolder::indexName).toList())
                .build();
    }

    private static HttpResponse<String> list(PublishedFolder folder) {
        URI list = URI.create("http://127.0.0.1:" + RestAssured.port + "/packs/" + folder.indexName() + ".json");
        try {
            return HTTP.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonPath awaitList(PublishedFolder folder, int count) {
        eventually(() -> {
            assertThat(status(folder)).isEqualTo(200);
            assertThat(JsonPath.from(list(folder).body()).getList("packs")).hasSize(count);
        });
        return JsonPath.from(list(folder).body());
    }

    private static int status(PublishedFolder folder) {
        return list(folder).statusCode();
    }

    private static long sql(String statement) {
        try (Connection connection = NebulaDatabase.connect();
                Statement run = connection.createStatement()) {
            if (!run.execute(statement)) {
                return run.getUpdateCount();
            }
            try (ResultSet result = run.getResultSet()) {
                result.next();
                return result.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void wantedPacksAreMadeListedAndServedByRange() throws Exception {
        PublishedFolder old = publish(501);
        PublishedFolder current = publish(502);
        assertThat(status(current)).isEqualTo(404);
        String mode = UUID.randomUUID().toString();
        assertThat(set(mode, target(current, old))).isEqualTo(2);

        JsonPath list = awaitList(current, 2);
        assertThat(list.getString("index")).isEqualTo(current.indexName());
        assertThat(list.getList("packs.kind")).containsExactly("install", "delta");
        assertThat(list.getString("packs[1].base")).isEqualTo(old.indexName());
        given().head("/packs/" + current.indexName() + ".json")
                .then()
                .statusCode(200)
                .header("Cache-Control", "public, max-age=60");

        byte[] packIndex =
                given().get("/packs/" + list.getString("packs[0].pack_index")).asByteArray();
        var index = PackIndexCodec.read(packIndex, "test", current.index(), null);
        String pack = "/packs/" + index.pack().packFile();
        byte[] whole = given().get(pack).then().statusCode(200).extract().asByteArray();
        assertThat(whole).hasSize((int) index.packSize()).hasSize(list.getInt("packs[0].pack_size"));
        assertThat(ChunkProtocolIT.sha256(whole) + ".capack")
                .isEqualTo(index.pack().packFile());
        given().header("Range", "bytes=5-9")
                .get(pack)
                .then()
                .statusCode(206)
                .header("Content-Range", "bytes 5-9/" + whole.length)
                .header("Cache-Control", "public, max-age=31536000, immutable");

        Path file = Files.write(Files.createTempFile(Path.of("target"), "pack-", ""), whole);
        PackPlan plan = PackPlan.of(
                current.index(),
                IntStream.range(0, current.index().chunkCount()).boxed().toList(),
                List.of(new PackOffer(index, new FileRanges(file), null)),
                PlanOptions.DEFAULT);
        try (PackSource source = new PackSource(plan)) {
            for (int i = 0; i < current.index().chunkCount(); i++) {
                assertThat(source.read(
                                current.index().id(i),
                                current.index().length(i),
                                new byte[current.index().length(i)]))
                        .isTrue();
            }
        }
        assertThat(set(mode, target(current, old))).isZero();
    }

    @Test
    void packsThatAreNotNamedAnyMoreOrLostTheirPinAreForgotten() throws Exception {
        PublishedFolder first = publish(503);
        PublishedFolder second = publish(504);
        String mode = UUID.randomUUID().toString();
        set(mode, target(first), target(second));
        awaitList(first, 1);
        awaitList(second, 1);
        set(mode, target(second));
        assertThat(status(first)).isEqualTo(404);

        store.unpin(UnpinRequest.newBuilder()
                .setOwner("version-" + second.indexName())
                .build());
        eventually(() -> assertThat(status(second)).isEqualTo(404));
        // Their files went with them: the grace time of the tests is none.
        eventually(() -> {
            long named = sql("SELECT count(*) FROM asset_store.packs WHERE state = 'MADE'");
            assertThat(StoreResource.folder().resolve("packs").toFile().list((where, name) -> name.endsWith(".capack")))
                    .hasSizeLessThanOrEqualTo((int) named);
        });
    }

    @Test
    void aPackWhoseWorkerDiedIsTakenOverAndTheSamePackIsMadeOnce() throws Exception {
        PublishedFolder folder = publish(505);
        set("dead", target(folder));
        awaitList(folder, 1);
        sql("UPDATE asset_store.packs SET state = 'WANTED', worker = '" + UUID.randomUUID()
                + "', due_at = now() + interval '3 seconds', pack_name = null WHERE owner = 'dead'");
        assertThat(status(folder)).isEqualTo(404);
        awaitList(folder, 1);
        set("alive", target(folder));
        eventually(
                () -> assertThat(sql("SELECT count(*) FROM asset_store.packs WHERE owner = 'alive' AND state = 'MADE'"))
                        .isOne());
        awaitList(folder, 1);
    }

    @Test
    void aPackThatCannotBeMadeIsGivenUpUntilItIsAskedForAnew() throws Exception {
        PublishedFolder folder = publish(506);
        Path chunk = StoreResource.folder()
                .resolve(TestChunk.pathOf(folder.index().id(2)).substring(1));
        byte[] kept = Files.readAllBytes(chunk);
        Files.delete(chunk);
        set("broken", target(folder));
        eventually(() -> assertThat(sql("SELECT count(*) FROM asset_store.packs WHERE owner = 'broken'"
                        + " AND state = 'FAILED' AND attempts = 2 AND last_error LIKE '%"
                        + folder.index().id(2) + "%'"))
                .isOne());
        Files.write(chunk, kept);
        assertThat(set("broken", target(folder))).isOne();
        awaitList(folder, 1);
    }

    @Test
    void whatCannotBeIsRefused() throws Exception {
        assertThatThrownBy(() ->
                        set("x", PackTarget.newBuilder().setIndexName("../x").build()))
                .hasMessageContaining("INVALID_ARGUMENT");
        assertThatThrownBy(() -> set(
                        "x",
                        PackTarget.newBuilder()
                                .setIndexName("f".repeat(64) + ".caidx")
                                .build()))
                .hasMessageContaining("NOT_FOUND");
        assertThatThrownBy(() -> set(" ")).hasMessageContaining("INVALID_ARGUMENT");
        given().get("/packs/x.json").then().statusCode(400);
        given().get("/packs/x.capack").then().statusCode(400);
        given().get("/packs/" + "0".repeat(64) + ".capack").then().statusCode(404);
    }
}
