package org.vsekai.nebula.updater.mode;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.updater.testing.UpdaterTest;

@QuarkusTest
class ModesIT extends UpdaterTest {
    @Test
    void manyAreDeletedAtOnceAndNoneWaitsForAnother() throws Exception {
        List<String> modes = IntStream.range(0, 24).mapToObj(i -> "many-" + i).toList();
        modes.forEach(UpdaterTest::createMode);
        List<CompletableFuture<Integer>> deletions = modes.stream()
                .map(mode ->
                        beside(() -> operator().delete("/api/v1/modes/" + mode).statusCode()))
                .toList();
        for (CompletableFuture<Integer> deletion : deletions) {
            assertThat(deletion.get(60, TimeUnit.SECONDS)).isEqualTo(204);
        }
        assertThat(number("SELECT count(*) FROM updater.modes")).isZero();
    }

    @Test
    void createsReadsChangesAndDeletesAMode() {
        Response created = publisher().body(Map.of("name", "stable")).post("/api/v1/modes");
        created.then()
                .statusCode(201)
                .header("Location", endsWith("/api/v1/modes/stable"))
                .body("name", equalTo("stable"))
                .body("is_active", equalTo(true))
                .body("$", hasKey("update_to"))
                .body("update_to", nullValue())
                .body("id", matchesPattern("[0-9a-f-]{36}"))
                .body("inserted_at", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z"))
                .body("updated_at", equalTo(created.path("inserted_at")));
        given().get("/api/v1/modes/stable")
                .then()
                .statusCode(200)
                .header("ETag", equalTo(created.header("ETag")))
                .body("$", equalTo(created.path("$")));

        Response changed = publisher()
                .header("If-Match", created.header("ETag"))
                .body(Map.of("is_active", false))
                .patch("/api/v1/modes/stable");
        changed.then()
                .statusCode(200)
                .header("ETag", not(equalTo(created.header("ETag"))))
                .body("is_active", equalTo(false))
                .body("inserted_at", equalTo(created.path("inserted_at")));
        given().get("/api/v1/modes/stable").then().body("$", equalTo(changed.path("$")));

        operator().delete("/api/v1/modes/stable").then().statusCode(204);
        given().get("/api/v1/modes/stable").then().statusCode(404).body("code", equalTo("MODE_NOT_FOUND"));
        operator().delete("/api/v1/modes/stable").then().statusCode(404);
    }

    @Test
    void answersNotModifiedToWhoHasItAlready() {
        createMode("stable");
        String etag = given().get("/api/v1/modes/stable").header("ETag");
        given().header("If-None-Match", etag)
                .get("/api/v1/modes/stable")
                .then()
                .statusCode(304)
                .header("ETag", equalTo(etag));
    }

    @Test
    void refusesASecondModeOfTheName() {
        createMode("stable");
        publisher()
                .body(Map.of("name", "stable"))
                .post("/api/v1/modes")
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("MODE_EXISTS"));
    }

    @Test
    void changesOnlyWhatTheCallerHasSeen() {
        createMode("stable");
        String etag = given().get("/api/v1/modes/stable").header("ETag");
        publisher()
                .body(Map.of("is_active", false))
                .patch("/api/v1/modes/stable")
                .then()
                .statusCode(428)
                .body("code", equalTo("REVISION_REQUIRED"));
        publisher()
                .header("If-Match", etag)
                .body(Map.of("is_active", false))
                .patch("/api/v1/modes/stable")
                .then()
                .statusCode(200);
        publisher()
                .header("If-Match", etag)
                .body(Map.of("is_active", true))
                .patch("/api/v1/modes/stable")
                .then()
                .statusCode(412)
                .body("code", equalTo("REVISION_MISMATCH"));
        given().get("/api/v1/modes/stable").then().body("is_active", equalTo(false));
    }

    @Test
    void aTagOfADeletedModeDoesNotMatchItsSuccessor() {
        createMode("stable");
        String etag = given().get("/api/v1/modes/stable").header("ETag");
        operator().delete("/api/v1/modes/stable").then().statusCode(204);
        createMode("stable");
        publisher()
                .header("If-Match", etag)
                .body(Map.of("is_active", false))
                .patch("/api/v1/modes/stable")
                .then()
                .statusCode(412);
    }

    @Test
    void sendsPlayersElsewhereAndBack() {
        createMode("stable");
        createMode("beta", "stable");
        given().get("/api/v1/modes/beta").then().body("update_to", equalTo("stable"));
        // Absent leaves it, null clears it, a name sets it.
        patch("beta", Map.of("is_active", true)).then().statusCode(200).body("update_to", equalTo("stable"));
        patch("beta", nothing()).then().statusCode(200).body("update_to", nullValue());
        patch("beta", Map.of("update_to", "stable")).then().statusCode(200).body("update_to", equalTo("stable"));
    }

    @Test
    void refusesCirclesOfAnyLength() {
        createMode("a");
        patch("a", Map.of("update_to", "a")).then().statusCode(409).body("code", equalTo("MODE_CYCLE"));
        createMode("b", "a");
        createMode("c", "b");
        patch("a", Map.of("update_to", "c")).then().statusCode(409).body("code", equalTo("MODE_CYCLE"));
        given().get("/api/v1/modes/a").then().body("update_to", nullValue());
        publisher()
                .body(Map.of("name", "d", "update_to", "d"))
                .post("/api/v1/modes")
                .then()
                .statusCode(409)
                .body("code", equalTo("MODE_CYCLE"));
    }

    @Test
    void ofTwoChangesThatMakeACircleTogetherOneIsRefused() {
        for (int round = 0; round < 5; round++) {
            String a = "a" + round;
            String b = "b" + round;
            createMode(a);
            createMode(b);
            List<CompletableFuture<Integer>> changes = List.of(
                    beside(() -> patch(a, Map.of("update_to", b)).statusCode()),
                    beside(() -> patch(b, Map.of("update_to", a)).statusCode()));
            assertThat(changes.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder(200, 409);
        }
    }

    @Test
    void refusesUnknownTargets() {
        createMode("a");
        patch("a", Map.of("update_to", "nowhere")).then().statusCode(404).body("code", equalTo("MODE_NOT_FOUND"));
        publisher()
                .body(Map.of("name", "b", "update_to", "nowhere"))
                .post("/api/v1/modes")
                .then()
                .statusCode(404);
    }

    @Test
    void keepsAModeThatIsInUse() {
        createMode("stable");
        createMode("beta", "stable");
        operator().delete("/api/v1/modes/stable").then().statusCode(409).body("code", equalTo("MODE_IN_USE"));
        operator().delete("/api/v1/modes/beta").then().statusCode(204);
        createVersion("stable", "0.1.0");
        operator().delete("/api/v1/modes/stable").then().statusCode(409).body("code", equalTo("MODE_IN_USE"));
        publisher().delete("/api/v1/modes/stable/versions/0.1.0").then().statusCode(204);
        operator().delete("/api/v1/modes/stable").then().statusCode(204);
    }

    @Test
    void pagesThroughModesByNameAndFilters() {
        IntStream.range(0, 7).forEach(i -> createMode("m" + i));
        patch("m1", Map.of("is_active", false));
        patch("m5", Map.of("is_active", false));

        assertThat(pages("limit=3")).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6");
        assertThat(pages("limit=7")).hasSize(7);
        assertThat(pages("limit=2&is_active=true")).containsExactly("m0", "m2", "m3", "m4", "m6");
        given().get("/api/v1/modes?is_active=false")
                .then()
                .statusCode(200)
                .body("items.name", contains("m1", "m5"))
                .body("$", not(hasKey("next")));
    }

    private static List<String> pages(String query) {
        List<String> names = new ArrayList<>();
        String next = "";
        do {
            Response page = given().get("/api/v1/modes?" + query + (next.isEmpty() ? "" : "&after=" + next));
            page.then().statusCode(200);
            names.addAll(page.jsonPath().getList("items.name", String.class));
            next = page.jsonPath().getString("next");
        } while (next != null);
        return names;
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, INVALID_LIMIT",
        "limit=1001, INVALID_LIMIT",
        "limit=-1, INVALID_LIMIT",
        "limit=many, INVALID_LIMIT",
        "limit=99999999999, INVALID_LIMIT",
        "after=%21%21, INVALID_CURSOR",
        "is_active=perhaps, INVALID_PARAMETER"
    })
    void refusesBadQueries(String query, String code) {
        given().urlEncodingEnabled(false)
                .get("/api/v1/modes?" + query)
                .then()
                .statusCode(400)
                .body("code", equalTo(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Stable", "a b", "../x", "-a", "ä"})
    void refusesBadNames(String name) {
        publisher()
                .body(Map.of("name", name))
                .post("/api/v1/modes")
                .then()
                .statusCode(400)
                .body("code", equalTo("INVALID_MODE_NAME"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "7", "{\"name\":\"a\",\"nmae\":\"b\"}", "{\"name\":{}}", "{}"})
    void refusesBadBodies(String body) {
        publisher().body(body).post("/api/v1/modes").then().statusCode(400).contentType("application/problem+json");
        assertThat(number("SELECT count(*) FROM updater.modes")).isZero();
    }

    @Test
    void refusesHugeBodiesAndOtherContent() {
        publisher()
                .body("{\"name\":\"" + "a".repeat(100_000) + "\"}")
                .post("/api/v1/modes")
                .then()
                .statusCode(413);
        publisher()
                .contentType("text/plain")
                .body("stable")
                .post("/api/v1/modes")
                .then()
                .statusCode(415)
                .contentType("application/problem+json");
    }

    private static Map<String, Object> nothing() {
        Map<String, Object> patch = new HashMap<>();
        patch.put("update_to", null);
        return patch;
    }

    private static Response patch(String mode, Map<String, ?> change) {
        return publisher()
                .header("If-Match", given().get("/api/v1/modes/" + mode).header("ETag"))
                .body(change)
                .patch("/api/v1/modes/" + mode);
    }
}
