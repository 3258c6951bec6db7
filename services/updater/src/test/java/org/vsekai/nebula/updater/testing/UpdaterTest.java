package org.vsekai.nebula.updater.testing;

import static io.restassured.RestAssured.given;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.vsekai.nebula.kit.testing.LedgerServer;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.testing.TestTokens;

/** What the tests of a running updater share: an empty database and an empty asset-store before each. */
@QuarkusTestResource(value = NebulaDatabase.class, initArgs = @ResourceArg(name = "service", value = "updater"))
@QuarkusTestResource(AssetStoreResource.class)
@QuarkusTestResource(LedgerServer.class)
public abstract class UpdaterTest {
    protected FakeAssetStore assets;

    @BeforeEach
    void empty() {
        assets.reset();
        sql("DELETE FROM updater.files");
        sql("DELETE FROM updater.versions");
        sql("UPDATE updater.modes SET update_to = NULL");
        sql("DELETE FROM updater.modes");
    }

    protected static void sql(String statement) {
        try (Connection connection = NebulaDatabase.connect();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    protected static long number(String query) {
        try (Connection connection = NebulaDatabase.connect();
                Statement sql = connection.createStatement();
                ResultSet result = sql.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    protected static RequestSpecification as(String token) {
        return given().header("Authorization", TestTokens.bearer(token)).contentType(ContentType.JSON);
    }

    protected static RequestSpecification publisher() {
        return as(TestTokens.PUBLISHER);
    }

    protected static RequestSpecification operator() {
        return as(TestTokens.OPERATOR);
    }

    protected static void createMode(String name) {
        publisher().body(Map.of("name", name)).post("/api/v1/modes").then().statusCode(201);
    }

    protected static void createMode(String name, String updateTo) {
        publisher()
                .body(Map.of("name", name, "update_to", updateTo))
                .post("/api/v1/modes")
                .then()
                .statusCode(201);
    }

    protected static Response postVersion(String mode, String version, String index) {
        return publisher().body(Map.of("version", version, "index", index)).post("/api/v1/modes/" + mode + "/versions");
    }

    /** Runs the request beside the test. The common pool would run one after the other on a small machine. */
    protected static <T> CompletableFuture<T> beside(Supplier<T> request) {
        return CompletableFuture.supplyAsync(
                request, task -> Thread.ofPlatform().daemon().start(task));
    }

    /** An index of an archive that holds nothing but this version's number. */
    protected String index(String version) {
        return assets.addIndex(List.of(FakeAssetStore.file("version.txt", version)));
    }

    protected void createVersion(String mode, String version) {
        postVersion(mode, version, index(version)).then().statusCode(201);
    }
}
