package org.vsekai.nebula.kit.it;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.kit.transaction.ContentionException;
import org.vsekai.nebula.kit.transaction.DatabaseFailure;
import org.vsekai.nebula.kit.transaction.OutcomeUnknownException;
import org.vsekai.nebula.kit.transaction.Transactions;

@QuarkusTest
@QuarkusTestResource(KitDatabase.class)
class KitIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    Transactions transactions;

    @Inject
    Counter.Repository counters;

    @Test
    void secondOfTwoCollidingWritersRunsAgainAndNoIncrementIsLost() throws Exception {
        insert("collide");
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch bothHaveRead = new CountDownLatch(2);
        CompletableFuture<Void> open = CompletableFuture.runAsync(() -> await(bothHaveRead));

        List<CompletableFuture<Long>> writers = IntStream.range(0, 2)
                .mapToObj(i -> transactions
                        .inTransaction(() -> {
                            runs.incrementAndGet();
                            return counters.findById("collide")
                                    .invoke(bothHaveRead::countDown)
                                    // Both have their snapshot before either writes, so one of them must fail.
                                    .call(() -> onThisContext(Uni.createFrom().completionStage(open)))
                                    .map(counter -> ++counter.count);
                        })
                        .subscribeAsCompletionStage())
                .toList();

        assertThat(writers.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder(1L, 2L);
        assertThat(runs).hasValue(3);
        assertThat(count("collide")).isEqualTo(2);
    }

    @Test
    void manyWritersAtOnceLoseNoIncrement() throws Exception {
        insert("crowd");
        List<CompletableFuture<Long>> writers = IntStream.range(0, 6)
                .mapToObj(i -> transactions
                        .inTransaction(() -> counters.findById("crowd").map(counter -> ++counter.count))
                        .subscribeAsCompletionStage())
                .toList();

        assertThat(writers.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(count("crowd")).isEqualTo(6);
    }

    @Test
    void writerThatAlwaysCollidesGivesUpAfterTheConfiguredRuns() {
        insert("always");
        AtomicInteger runs = new AtomicInteger();

        assertThatThrownBy(() -> transactions
                        .inTransaction(() -> {
                            runs.incrementAndGet();
                            return collide();
                        })
                        .await()
                        .atMost(PATIENCE))
                .isInstanceOfSatisfying(ContentionException.class, given -> assertThat(given.attempts())
                        .isEqualTo(10));
        assertThat(runs).hasValue(10);
    }

    /** Lets another transaction change what this one has read and is about to write. */
    private Uni<Long> collide() {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "SELECT count(*) FROM kit.counters", Long.class)
                .getSingleResult()
                .call(() -> onThisContext(Uni.createFrom()
                        .completionStage(() -> CompletableFuture.runAsync(
                                () -> execute("UPDATE kit.counters SET count = count + 1 WHERE id = 'always'")))))
                .chain(() -> session.createNativeQuery("UPDATE kit.counters SET count = count + 1 WHERE id = 'always'")
                        .executeUpdate())
                .map(Integer::longValue));
    }

    @Test
    void failureOfTheFunctionRollsBackAndReachesTheCallerUnchanged() throws Exception {
        insert("rollback");
        RuntimeException failure = new IllegalArgumentException("mine");

        assertThatThrownBy(() -> transactions
                        .inTransaction(() -> counters.findById("rollback")
                                .invoke(counter -> counter.count = 7)
                                .call(() -> Uni.createFrom().failure(failure)))
                        .await()
                        .atMost(PATIENCE))
                .isSameAs(failure);
        assertThat(count("rollback")).isZero();
    }

    @Test
    void uniqueViolationIsToldApartByItsState() throws Exception {
        insert("unique");

        assertThatThrownBy(() -> transactions
                        .inTransaction(() -> {
                            Counter again = new Counter();
                            again.id = "unique";
                            return Panache.getSession().flatMap(session -> session.persist(again));
                        })
                        .await()
                        .atMost(PATIENCE))
                .satisfies(thrown ->
                        assertThat(DatabaseFailure.isUniqueViolation(thrown)).isTrue());
    }

    @Test
    void connectionLostDuringTheCommitIsAnUnknownOutcomeAndIsNotRunAgain() throws Exception {
        insert("unknown");
        AtomicInteger runs = new AtomicInteger();

        assertThatThrownBy(() -> transactions
                        .inTransaction(() -> {
                            runs.incrementAndGet();
                            return counters.findById("unknown")
                                    .map(counter -> ++counter.count)
                                    .invoke(CuttingRelay::cutAtNextCommit);
                        })
                        .await()
                        .atMost(PATIENCE))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(runs).hasValue(1);
    }

    @Test
    void transactionInsideATransactionIsRefused() {
        assertThatThrownBy(() -> transactions
                        .inTransaction(() -> transactions.inTransaction(
                                () -> Uni.createFrom().item(1)))
                        .await()
                        .atMost(PATIENCE))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void transactionAfterATransactionIsNotInsideIt() {
        assertThat(transactions
                        .inTransaction(() -> Uni.createFrom().item(1))
                        .chain(first -> transactions.inTransaction(
                                () -> Uni.createFrom().item(first + 1)))
                        .await()
                        .atMost(PATIENCE))
                .isEqualTo(2);
    }

    @Test
    void readinessIsDownUntilTheSchemaHasTheExpectedVersion() throws Exception {
        execute("DROP TABLE IF EXISTS kit.flyway_schema_history");
        given().get("/q/health/ready")
                .then()
                .statusCode(503)
                .body("checks.find { it.name == 'schema' }.data.reason", containsString("has version none"));

        execute("CREATE TABLE kit.flyway_schema_history (installed_rank INT, version VARCHAR(50), success BOOLEAN)");
        execute("INSERT INTO kit.flyway_schema_history VALUES (1, '2', TRUE)");
        execute("GRANT SELECT ON kit.flyway_schema_history TO nebula_updater");
        given().get("/q/health/ready")
                .then()
                .statusCode(503)
                .body("checks.find { it.name == 'schema' }.data.reason", containsString("has version 2"));

        execute("INSERT INTO kit.flyway_schema_history VALUES (2, '3', TRUE)");
        given().get("/q/health/ready").then().statusCode(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /edge/open,        none,      200",
        "GET,  /edge/open,        unknown,   200",
        "GET,  /edge/unannotated, none,      401",
        "GET,  /edge/unannotated, publisher, 403",
        "POST, /edge/write,       none,      401",
        "POST, /edge/write,       unknown,   401",
        "POST, /edge/write,       operator,  403",
        "POST, /edge/write,       publisher, 200",
        "POST, /edge/write,       server,    200",
    })
    void rolesDecideWhoMayCall(String method, String path, String caller, int status) {
        var request = given().contentType("application/json");
        if (method.equals("POST")) {
            request.body("{\"size_bytes\": 3}");
        }
        switch (caller) {
            case "publisher" -> request.header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER));
            case "operator" -> request.header("Authorization", TestTokens.bearer(TestTokens.OPERATOR));
            case "server" -> request.header("Authorization", TestTokens.bearer(TestTokens.SERVER));
            case "unknown" -> request.header("Authorization", "Bearer nobody-knows-this");
            default -> {}
        }
        var answer = request.request(method, path).then().statusCode(status);
        if (status == 401) {
            answer.header("WWW-Authenticate", equalTo("Bearer"));
        }
        if (status >= 400) {
            answer.contentType("application/problem+json").body("status", equalTo(status));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /nowhere,       404, NOT_FOUND",
        "GET,    /edge/nowhere,  404, NOT_FOUND",
        "DELETE, /edge/open,     405, METHOD_NOT_ALLOWED",
        "GET,    /edge/conflict, 409, THING_EXISTS",
        "GET,    /edge/bug,      500, INTERNAL",
    })
    void everyFailureIsAProblemDocument(String method, String path, int status, String code) {
        given().request(method, path)
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("code", equalTo(code))
                .body("status", equalTo(status))
                .body("detail", not(containsString("secret")));
    }

    @ParameterizedTest
    @CsvSource({"{\"size_bytes\":", "{\"size_bytes\": \"x\"}", "{\"sizeBytes\": 1}", "[]"})
    void bodyThatIsNotTheExpectedJsonIsAProblem(String body) {
        given().contentType("application/json")
                .header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .body(body)
                .post("/edge/write")
                .then()
                .statusCode(400)
                .contentType(startsWith("application/problem+json"))
                .body("code", equalTo("MALFORMED_JSON"));
    }

    @Test
    void bodyOfAnotherTypeIsAProblem() {
        given().contentType("text/plain")
                .header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .body("x")
                .post("/edge/write")
                .then()
                .statusCode(415)
                .contentType("application/problem+json");
    }

    /** A session may be used on its own event loop only. */
    private static <T> Uni<T> onThisContext(Uni<T> elsewhere) {
        Context context = Vertx.currentContext();
        return elsewhere.emitOn(task -> context.runOnContext(ignored -> task.run()));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void insert(String id) {
        execute("INSERT INTO kit.counters VALUES ('" + id + "', 0)");
    }

    private static long count(String id) throws SQLException {
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count FROM kit.counters WHERE id = '" + id + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void execute(String sql) {
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
