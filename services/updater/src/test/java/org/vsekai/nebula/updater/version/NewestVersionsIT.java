package org.vsekai.nebula.updater.version;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.cache.CacheKind;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.kit.testing.NebulaCache;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.updater.testing.UpdaterTest;

@QuarkusTest
@QuarkusTestResource(NebulaCache.class)
class NewestVersionsIT extends UpdaterTest {
    private static final Duration MAX_AGE = Duration.ofSeconds(2);
    private static final String CACHE = "updater-newest-v1";

    @Inject
    SharedCaches caches;

    @BeforeEach
    @AfterEach
    void cacheInUse() {
        NebulaCache.node().restart(0);
        eventually(() -> assertThat(cacheState()).isEqualTo("in use"));
    }

    @Test
    void aWarmAnswerAsksTheDatabaseForTheGenerationAlone() {
        createMode("stable");
        createVersion("stable", "1.0.0");
        // What is to be packed is read from the versions, too, and nobody waits for that.
        eventually(() -> assertThat(assets.packs()).isNotEmpty());
        long coldBefore = statements("from versions");
        answers("stable", "1.0.0");
        assertThat(statements("from versions")).as("the first asks for it").isGreaterThan(coldBefore);

        long begunNanos = System.nanoTime();
        long versionsBefore = statements("from versions");
        long looksBefore = statements("with recursive chain");
        for (int i = 0; i < 40; i++) {
            answers("stable", "1.0.0");
        }
        long looksAllowed = 1 + (System.nanoTime() - begunNanos) / MAX_AGE.toNanos();

        assertThat(statements("from versions")).isEqualTo(versionsBefore);
        assertThat(statements("with recursive chain") - looksBefore).isLessThanOrEqualTo(looksAllowed);
    }

    @Test
    void whatAnotherInstanceChangesIsSeenSoon() {
        createMode("stable");
        createVersion("stable", "1.0.0");
        createVersion("stable", "2.0.0");
        answers("stable", "2.0.0");

        sql("UPDATE updater.versions SET skip_update = true WHERE version = '2.0.0'");
        sql("UPDATE updater.modes SET generation = generation + 1 WHERE name = 'stable'");
        long changedNanos = System.nanoTime();

        eventually(() -> answers("stable", "1.0.0"));
        assertThat(Duration.ofNanos(System.nanoTime() - changedNanos)).isLessThan(MAX_AGE.plusSeconds(8));
    }

    @Test
    void everyChangeOfAVersionIsANewGeneration() {
        createMode("stable");
        long[] generations = new long[4];
        generations[0] = generation("stable");
        createVersion("stable", "1.0.0");
        generations[1] = generation("stable");
        String etag = given().get("/api/v1/modes/stable/versions/1.0.0").header("ETag");
        publisher()
                .header("If-Match", etag)
                .body("{\"skip_update\":true}")
                .patch("/api/v1/modes/stable/versions/1.0.0")
                .then()
                .statusCode(200);
        generations[2] = generation("stable");
        publisher().delete("/api/v1/modes/stable/versions/1.0.0").then().statusCode(204);
        generations[3] = generation("stable");

        assertThat(generations).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void anInstanceThatHasNothingInMemoryTakesTheAnswerFromTheCluster() {
        createMode("stable");
        createVersion("stable", "1.0.0");
        answers("stable", "1.0.0");

        NewestCopy copy = otherInstance(key("stable"));

        assertThat(copy.toVersion().map(version -> version.version().text())).contains("1.0.0");
    }

    /** The same cache with a memory of its own, whose source must not be asked. */
    private NewestCopy otherInstance(String key) {
        var other = caches.open(new CacheKind<>(CACHE, NewestCopy.class, new VersionCopiesImpl(), Duration.ofHours(1)));
        NewestCopy[] found = new NewestCopy[1];
        // The copy is written without anybody waiting for it.
        eventually(() -> {
            found[0] = other.get(key, () -> Uni.createFrom().failure(new NoSuchElementException(key)))
                    .onFailure(NoSuchElementException.class)
                    .recoverWithNull()
                    .await()
                    .atMost(Duration.ofSeconds(10));
            assertThat(found[0]).as("the copy of %s", key).isNotNull();
        });
        return found[0];
    }

    @Test
    void aDamagedCopyIsPassedOver() {
        createMode("stable");
        createVersion("stable", "1.0.0");
        NebulaCache.put(CACHE, key("stable"), new byte[] {(byte) 0xff, 1, 2, 3});

        answers("stable", "1.0.0");
    }

    @Test
    void answersAreRightWhileTheCacheIsDeadAndItIsUsedAgainWhenItReturns() {
        createMode("stable");
        createVersion("stable", "1.0.0");
        answers("stable", "1.0.0");

        NebulaCache.node().kill(0);
        createVersion("stable", "2.0.0");
        answers("stable", "2.0.0");
        eventually(() -> {
            askAnew("stable");
            assertThat(cacheState()).isEqualTo("degraded");
        });
        given().get("/q/health/ready").then().statusCode(200);
        operator().get("/q/metrics").then().body(containsString("nebula_cache_degraded 1.0"));

        NebulaCache.node().restart(0);

        eventually(() -> assertThat(cacheState()).isEqualTo("in use"));
        createVersion("stable", "3.0.0");
        answers("stable", "3.0.0");
        assertThat(otherInstance(key("stable")).toVersion()).isPresent();
    }

    @Test
    void aCacheThatHangsCostsAFewRequestsItsTimeOut() {
        List<String> modes =
                Stream.iterate(0, i -> i + 1).limit(12).map(i -> "hang-" + i).toList();
        modes.forEach(mode -> {
            createMode(mode);
            createVersion(mode, "1.0.0");
        });
        NebulaCache.suspend();
        long slowestMillis = 0;
        try {
            for (String mode : modes) {
                long begunNanos = System.nanoTime();
                answers(mode, "1.0.0");
                slowestMillis = Math.max(slowestMillis, (System.nanoTime() - begunNanos) / 1_000_000);
            }
            assertThat(cacheState()).isEqualTo("degraded");
        } finally {
            NebulaCache.resume();
        }

        // A time-out of 50 ms for each look, nebula.cache.connect-timeout for who waits until the connection is given
        // up;
        // the rest is the database on a busy machine. The cache stays stopped all the while, so who waited for it
        // hangs.
        assertThat(slowestMillis).isLessThan(10_000);
    }

    /** Under a generation that no copy is there of; a new mode makes the service look at all of them again. */
    private static void askAnew(String mode) {
        sql("UPDATE updater.modes SET generation = generation + 1 WHERE name = '" + mode + "'");
        createMode("beside-" + UUID.randomUUID());
        answers(mode, "2.0.0");
    }

    private static void answers(String mode, String version) {
        given().get("/api/v1/modes/" + mode + "/update").then().statusCode(200).body("version", equalTo(version));
    }

    private static String cacheState() {
        return given().get("/q/health/ready").path("checks.find { it.name == 'cache' }.data.state");
    }

    private static long generation(String mode) {
        return number("SELECT generation FROM updater.modes WHERE name = '" + mode + "'");
    }

    private static String key(String mode) {
        try (Connection connection = NebulaDatabase.connect();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("SELECT id FROM updater.modes WHERE name = '" + mode + "'")) {
            assertThat(row.next()).isTrue();
            return row.getString(1) + "/" + generation(mode);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Statements of the service so far that have the text in them, as PostgreSQL has logged them. */
    private static long statements(String text) {
        // One process writes down what all others hand it, in order.
        String last = "SELECT '" + UUID.randomUUID() + "'";
        sql(last);
        eventually(() -> assertThat(logged(line -> line.contains(last))).isPositive());
        return logged(line ->
                line.contains("nebula_updater") && line.toLowerCase(Locale.ROOT).contains(text));
    }

    private static long logged(Predicate<String> which) {
        try (Stream<Path> logs = Files.list(Path.of("target", "sql-log"))) {
            long count = 0;
            for (Path log :
                    logs.filter(file -> file.toString().endsWith(".json")).toList()) {
                try (Stream<String> lines = Files.lines(log)) {
                    count += lines.filter(which).count();
                }
            }
            return count;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
