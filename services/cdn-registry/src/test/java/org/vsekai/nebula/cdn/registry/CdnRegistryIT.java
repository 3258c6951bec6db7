package org.vsekai.nebula.cdn.registry;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsekai.nebula.cdn.FakeCdn;
import org.vsekai.nebula.cdn.RegistryEnvironment;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.address.CdnUriRefusedException;
import org.vsekai.nebula.cdn.probe.ProbeOutcome;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.testing.TestTokens;

@QuarkusTest
@QuarkusTestResource(RegistryEnvironment.class)
@QuarkusTestResource(value = NebulaDatabase.class, initArgs = @ResourceArg(name = "service", value = "cdn-registry"))
class CdnRegistryIT {
    /** TEST-NET-1 (RFC 5737): allowed, and nobody answers. */
    private static final String SILENT = "http://192.0.2.1/";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<FakeCdn> fakes = new ArrayList<>();

    @Inject
    Cdns cdns;

    /** The service registers it on its own, soon after it has started. */
    @BeforeEach
    void awaitTheSeed() {
        eventually(() -> assertThat(cdns.listAll().await().atMost(PATIENCE)).isNotEmpty());
    }

    @AfterEach
    void removeAllButTheSeed() {
        for (Cdn cdn : cdns.listAll().await().atMost(PATIENCE)) {
            if (!cdn.entry().uid().equals("seeded")) {
                cdns.delete(cdn.entry().uid()).await().atMost(PATIENCE);
            }
        }
        fakes.forEach(FakeCdn::close);
    }

    @Test
    void seedIsRegisteredProbedAndRanked() {
        eventually(() -> assertThat(ranked("seed-region")).first().isEqualTo("seeded"));
        given().get("/api/v1/ranking?region=seed-region")
                .then()
                .statusCode(200)
                .body("cdns[0].name", equalTo("Seeded CDN"))
                .body("cdns[0].region", equalTo("seed-region"))
                .body("cdns[0].uri", startsWith("http://127.0.0.1:"));
        operator().get("/api/v1/cdns/seeded").then().statusCode(200).body("probes.healthy", equalTo(true));
        given().get("/q/health/ready").then().statusCode(200);
    }

    @Test
    void manyAreRemovedAtOnceAndNoneWaitsForAnother() throws Exception {
        // With the seed, as many as there may be.
        List<String> uids = IntStream.range(1, RegistryEnvironment.MAX_CDNS)
                .mapToObj(i -> "many-" + i)
                .toList();
        uids.forEach(uid -> register(uid, SILENT + uid, "eu"));
        List<CompletableFuture<Integer>> removals = uids.stream()
                .map(uid -> CompletableFuture.supplyAsync(
                        () -> operator().delete("/api/v1/cdns/" + uid).statusCode(),
                        task -> Thread.ofPlatform().daemon().start(task)))
                .toList();
        for (CompletableFuture<Integer> removal : removals) {
            assertThat(removal.get(60, TimeUnit.SECONDS)).isEqualTo(204);
        }
        assertThat(cdns.listAll().await().atMost(PATIENCE)).hasSize(1);
    }

    @Test
    void cdnLivesFromRegistrationToRemoval() {
        String location = register("life", SILENT + "base", "eu")
                .body("id", notNullValue())
                .body("uri", equalTo(SILENT + "base/"))
                .body("last_checked_on", nullValue())
                .body("probes.healthy", equalTo(false))
                .body("probes.latency_millis", nullValue())
                .header("ETag", notNullValue())
                .extract()
                .header("Location");
        assertThat(location).endsWith("/api/v1/cdns/life");

        String tag = operator()
                .get("/api/v1/cdns/life")
                .then()
                .statusCode(200)
                .extract()
                .header("ETag");
        String newTag = patch("life", tag, Map.of("name", "New name", "region", "us"))
                .statusCode(200)
                .body("name", equalTo("New name"))
                .body("region", equalTo("us"))
                .body("uri", equalTo(SILENT + "base/"))
                .extract()
                .header("ETag");
        assertThat(newTag).isNotEqualTo(tag);

        operator().delete("/api/v1/cdns/life").then().statusCode(204);
        problem(operator().get("/api/v1/cdns/life").then(), 404, "CDN_NOT_FOUND");
        problem(operator().delete("/api/v1/cdns/life").then(), 404, "CDN_NOT_FOUND");
        problem(patch("life", newTag, Map.of("name", "x")), 404, "CDN_NOT_FOUND");
    }

    @Test
    void updateNeedsTheRevisionLastRead() {
        String tag = register("revised", SILENT, "eu").extract().header("ETag");

        problem(patch("revised", null, Map.of("name", "x")), 428, "REVISION_REQUIRED");
        problem(patch("revised", "\"another\"", Map.of("name", "x")), 412, "REVISION_MISMATCH");
        patch("revised", tag, Map.of("name", "x")).statusCode(200);
        problem(patch("revised", tag, Map.of("name", "y")), 412, "REVISION_MISMATCH");
    }

    @Test
    void probesDoNotChangeTheRevision() {
        String tag =
                register("probed", start(FakeCdn.GOOD).uri(), "eu").extract().header("ETag");
        eventually(
                () -> assertThat(cdn("probed").getInt("probes.success_count")).isGreaterThan(1));
        operator().get("/api/v1/cdns/probed").then().header("ETag", equalTo(tag));
    }

    @Test
    void oneUidIsRegisteredOnceHoweverManyTryAtOnce() {
        List<Integer> statuses = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> post(Map.of("uid", "crowd", "name", "n" + i, "uri", SILENT, "region", "eu"))
                                .extract()
                                .statusCode()))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(statuses).containsOnlyOnce(201);
        assertThat(statuses).filteredOn(status -> status == 409).hasSize(5);
        problem(post(Map.of("uid", "crowd", "name", "n", "uri", SILENT, "region", "eu")), 409, "CDN_EXISTS");
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/,           CDN_URI_REFUSED",
        "http://[::ffff:169.254.169.254]/,  CDN_URI_REFUSED",
        "http://metadata.google.internal/,  CDN_URI_REFUSED",
        "http://[fe80::1]/,                 CDN_URI_REFUSED",
        "http://0.0.0.0:8080/,              CDN_URI_REFUSED",
        "http://2852039166/,                CDN_URI_REFUSED",
        "http://10.0.0.1/,                  CDN_URI_REFUSED",
        "http://user@cdn.example/,          CDN_URI_REFUSED",
        "file:///etc/passwd,                CDN_URI_REFUSED",
        "http://no-such-host.invalid/,      CDN_HOST_UNRESOLVED",
    })
    void uriThatMustNotBeProbedIsNeverRegistered(String uri, String code) {
        problem(post(Map.of("uid", "bad", "name", "n", "uri", uri, "region", "eu")), 400, code);
        operator().get("/api/v1/cdns/bad").then().statusCode(404);

        String tag = register("good", SILENT, "eu").extract().header("ETag");
        problem(patch("good", tag, Map.of("uri", uri)), 400, code);
        operator().get("/api/v1/cdns/good").then().body("uri", equalTo(SILENT));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(Map.of(), "INVALID_CDN"),
                Arguments.of(Map.of("uid", "a", "name", "n", "uri", SILENT), "INVALID_CDN"),
                Arguments.of(Map.of("uid", "../a", "name", "n", "uri", SILENT, "region", "eu"), "INVALID_CDN"),
                Arguments.of(Map.of("uid", "a", "name", "a\nb", "uri", SILENT, "region", "eu"), "INVALID_CDN"),
                Arguments.of(Map.of("uid", "a", "name", "n", "uri", SILENT, "region", "E U"), "INVALID_CDN"),
                Arguments.of(
                        Map.of("uid", "a", "name", "n", "uri", SILENT, "region", "eu", "id", "x"), "MALFORMED_JSON"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedRegistrationIsRefused(Map<String, String> body, String code) {
        problem(post(body), 400, code);
    }

    @Test
    void listIsPagedAndFilteredByRegion() {
        for (String uid : List.of("p1", "p2", "p3", "p4", "p5")) {
            register(uid, SILENT, uid.equals("p3") ? "paging-b" : "paging-a");
        }
        String next = operator()
                .get("/api/v1/cdns?region=paging-a&limit=3")
                .then()
                .statusCode(200)
                .body("items.uid", contains("p1", "p2", "p4"))
                .extract()
                .path("next");
        operator()
                .queryParam("after", next)
                .get("/api/v1/cdns?region=paging-a&limit=3")
                .then()
                .body("items.uid", contains("p5"))
                .body("next", nullValue());
        operator().get("/api/v1/cdns").then().body("items.uid", contains("p1", "p2", "p3", "p4", "p5", "seeded"));
        problem(operator().get("/api/v1/cdns?limit=1001").then(), 400, "INVALID_LIMIT");
        problem(operator().get("/api/v1/cdns?after=%21").then(), 400, "INVALID_CURSOR");
    }

    @Test
    void rankingPutsTheRegionFirstAndLeavesTheBrokenOut() {
        register("near", start(FakeCdn.GOOD).uri(), "here");
        register("far", start(FakeCdn.GOOD).uri(), "there");
        register("wrong", start(FakeCdn.WRONG_BYTES).uri(), "here");
        register("absent", start(FakeCdn.ABSENT).uri(), "here");
        register("slow", start(FakeCdn.SLOW).uri(), "here");
        register(
                "redirecting",
                start(FakeCdn.redirect("http://169.254.169.254/")).uri(),
                "here");

        eventually(() -> {
            assertThat(ranked("here")).first().isEqualTo("near");
            assertThat(ranked("there")).first().isEqualTo("far");
        });
        eventually(() -> {
            failed("wrong", "wrong bytes");
            failed("absent", "HTTP status 404");
            failed("slow", "no whole answer");
            failed("redirecting", "HTTP status 302");
        });
        assertThat(ranked("here")).startsWith("near").containsExactlyInAnyOrder("near", "far", "seeded");
    }

    @Test
    void cdnThatBreaksLeavesTheRankingAndComesBack() {
        FakeCdn fake = start(FakeCdn.GOOD);
        register("flaky", fake.uri(), "eu");
        eventually(() -> assertThat(ranked("eu")).contains("flaky"));

        fake.behave(FakeCdn.ABSENT);
        eventually(() -> assertThat(ranked("eu")).isNotEmpty().doesNotContain("flaky"));

        fake.behave(FakeCdn.GOOD);
        eventually(() -> assertThat(ranked("eu")).contains("flaky"));
        operator()
                .get("/api/v1/cdns/flaky")
                .then()
                .body("probes.failure_count", greaterThan(0))
                .body("probes.consecutive_failures", equalTo(0))
                .body("probes.last_error", nullValue());
    }

    @Test
    void cdnThatMovesStartsWithNewFigures() {
        String tag =
                register("moving", start(FakeCdn.ABSENT).uri(), "eu").extract().header("ETag");
        eventually(() -> failed("moving", "HTTP status 404"));

        patch("moving", tag, Map.of("uri", start(FakeCdn.GOOD).uri()))
                .statusCode(200)
                .body("last_checked_on", nullValue())
                .body("probes.failure_count", equalTo(0));
        eventually(() -> assertThat(cdn("moving").getBoolean("probes.healthy")).isTrue());
        assertThat(cdn("moving").getInt("probes.failure_count")).isZero();
        assertThat(cdn("moving").getString("last_checked_on")).endsWith("Z");
    }

    @Test
    void seedChangesWhatIsThereAndAddsWhatIsNot() {
        register("old", SILENT, "eu");

        seed(new CdnEntry("old", "New name", CdnUri.parse(SILENT), "us"), entry("added", SILENT));

        assertThat(cdn("old").getString("name")).isEqualTo("New name");
        assertThat(cdn("old").getString("region")).isEqualTo("us");
        assertThat(cdn("added").getString("uri")).isEqualTo(SILENT);
    }

    @Test
    void seedWithARefusedEntryChangesNothing() {
        assertThatThrownBy(() -> seed(entry("fine", SILENT), entry("bad", "http://169.254.169.254/")))
                .isInstanceOf(CdnUriRefusedException.class);

        problem(operator().get("/api/v1/cdns/fine").then(), 404, "CDN_NOT_FOUND");
    }

    @Test
    void noMoreCdnsAreRegisteredThanAreKeptInMemory() {
        int free = RegistryEnvironment.MAX_CDNS
                - cdns.listAll().await().atMost(PATIENCE).size();
        for (int i = 0; i < free; i++) {
            register("many-" + i, SILENT, "eu");
        }

        problem(post(Map.of("uid", "more", "name", "n", "uri", SILENT, "region", "eu")), 409, "CDN_LIMIT_REACHED");
    }

    private void seed(CdnEntry... entries) {
        cdns.seed(List.of(entries)).await().atMost(PATIENCE);
    }

    private static CdnEntry entry(String uid, String uri) {
        return new CdnEntry(uid, "CDN " + uid, CdnUri.parse(uri), "eu");
    }

    @Test
    void oneOfSeveralInstancesTakesOnAProbe() {
        // The service's own loop may take it on in between; then nobody else does, and the next probe is claimed for.
        eventually(() -> assertThat(claimProbeSixTimesAtOnce()).containsOnlyOnce(true));
    }

    private List<Boolean> claimProbeSixTimesAtOnce() {
        Cdn seen = cdns.list(PageRequest.of(null, null), Optional.of("seed-region"))
                .await()
                .atMost(PATIENCE)
                .items()
                .getFirst();
        List<Boolean> claims = IntStream.range(0, 6)
                .mapToObj(i ->
                        cdns.claimProbe(seen, seen.nextProbeAt().plusSeconds(5)).subscribeAsCompletionStage())
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        if (claims.stream().filter(claimed -> claimed).count() > 1) {
            throw new IllegalStateException("several instances took it on: " + claims);
        }
        return claims;
    }

    @Test
    void outcomeForAnOldUriIsNotCounted() {
        Cdn before = cdns.create(new CdnEntry("moved", "n", CdnUri.parse(SILENT), "eu"))
                .await()
                .atMost(PATIENCE);
        cdns.update(
                        "moved",
                        before.entityTag(),
                        null,
                        CdnUri.parse(start(FakeCdn.GOOD).uri()),
                        null)
                .await()
                .atMost(PATIENCE);

        cdns.recordProbe(before, new ProbeOutcome.Failed("late"), Duration.ofSeconds(1))
                .await()
                .atMost(PATIENCE);

        assertThat(cdns.get("moved").await().atMost(PATIENCE).probes().failureCount())
                .isZero();
    }

    private static void failed(String uid, String reason) {
        assertThat(cdn(uid).getBoolean("probes.healthy")).isFalse();
        assertThat(cdn(uid).getString("probes.last_error")).startsWith(reason);
    }

    private static JsonPath cdn(String uid) {
        return operator().get("/api/v1/cdns/" + uid).jsonPath();
    }

    private static List<String> ranked(String region) {
        return given().get("/api/v1/ranking?region=" + region).jsonPath().getList("cdns.uid");
    }

    private FakeCdn start(FakeCdn.Behaviour behaviour) {
        FakeCdn fake = new FakeCdn(behaviour);
        fakes.add(fake);
        return fake;
    }

    private static ValidatableResponse register(String uid, String uri, String region) {
        return post(Map.of("uid", uid, "name", "CDN " + uid, "uri", uri, "region", region))
                .statusCode(201);
    }

    private static ValidatableResponse post(Map<String, String> body) {
        return operator().body(body).post("/api/v1/cdns").then();
    }

    private static ValidatableResponse patch(String uid, String ifMatch, Map<String, String> body) {
        RequestSpecification request = operator().body(body);
        if (ifMatch != null) {
            request.header("If-Match", ifMatch);
        }
        return request.patch("/api/v1/cdns/" + uid).then();
    }

    private static void problem(ValidatableResponse response, int status, String code) {
        response.statusCode(status).contentType("application/problem+json").body("code", equalTo(code));
    }

    private static RequestSpecification operator() {
        return given().contentType("application/json").header("Authorization", TestTokens.bearer(TestTokens.OPERATOR));
    }
}
