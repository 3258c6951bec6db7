package org.vsekai.nebula.updater.version;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.api.assets.v1.PinState;
import org.vsekai.nebula.updater.testing.AssetStoreResource;
import org.vsekai.nebula.updater.testing.FakeAssetStore;
import org.vsekai.nebula.updater.testing.UpdaterTest;

@QuarkusTest
class VersionsIT extends UpdaterTest {
    private static final String VERSIONS = "/api/v1/modes/stable/versions";

    @Test
    void createsAVersionWithItsManifestAndFiles() throws Exception {
        createMode("stable");
        String index = assets.addIndex(List.of(
                FakeAssetStore.directory("bin"),
                FakeAssetStore.file("bin/run me", "#!"),
                FakeAssetStore.symlink("bin/start", "run me"),
                FakeAssetStore.file("größe", "")));

        Response created = postVersion("stable", "0.1.0+build.5", index);

        created.then()
                .statusCode(201)
                .header("Location", endsWith(VERSIONS + "/0.1.0+build.5"))
                .body("mode", equalTo("stable"))
                .body("version", equalTo("0.1.0+build.5"))
                .body("skip_update", equalTo(false))
                .body("index_uri", equalTo(AssetStoreResource.PUBLIC + "indexes/" + index))
                .body("archive_bytes", equalTo(12_345));
        assertThat(assets.calls()).containsExactly("pin", "verify", "manifest", "confirm");
        assertThat(assets.pins()).containsExactly(Map.entry(created.path("id"), PinState.PIN_STATE_CONFIRMED));
        given().urlEncodingEnabled(false)
                .get(VERSIONS + "/0.1.0+build.5")
                .then()
                .statusCode(200)
                .header("ETag", equalTo(created.header("ETag")))
                .body("$", equalTo(created.path("$")));

        String manifestUri = created.path("manifest_file_uri");
        assertThat(manifestUri).startsWith(AssetStoreResource.PUBLIC + "manifests/");
        String manifestName = manifestUri.substring(manifestUri.lastIndexOf('/') + 1);
        byte[] manifest = assets.manifest(manifestName);
        assertThat(manifestName)
                .isEqualTo(HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(manifest)) + ".json");
        String json = new String(manifest, StandardCharsets.UTF_8);
        try (InputStream schema = VersionsIT.class.getResourceAsStream("/org/vsekai/nebula/api/manifest.schema.json")) {
            assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(schema)
                            .validate(json, InputFormat.JSON))
                    .isEmpty();
        }
        assertThat(JsonPath.from(json).getList("files.path"))
                .containsExactly("bin", "bin/run me", "bin/start", "größe");

        Response files = given().urlEncodingEnabled(false).get(VERSIONS + "/0.1.0+build.5/files");
        files.then()
                .statusCode(200)
                .body("items.file_name", contains("bin/run me", "größe"))
                .body(
                        "items[1].file_checksum_hash",
                        equalTo("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
                .body("items[0].file_uri", equalTo(AssetStoreResource.PUBLIC + "indexes/" + index + "#bin/run%20me"));
        assertThat(URI.create(files.path("items[1].file_uri")).getFragment()).isEqualTo("größe");
        // The host is not in the database, so that it can change.
        assertThat(number("SELECT count(*) FROM updater.files WHERE file_uri LIKE 'indexes/%'"))
                .isEqualTo(2);
        assertThat(number("SELECT count(*) FROM updater.versions WHERE manifest_file_uri LIKE 'manifests/%'"))
                .isEqualTo(1);
    }

    @Test
    void answersARepeatedRequestWithTheVersionThatIsThere() {
        createMode("stable");
        Response first = postVersion("stable", "0.1.0", index("a"));
        Response again = postVersion("stable", "0.1.0", index("a"));
        again.then().statusCode(200).body("$", equalTo(first.path("$")));
        assertThat(assets.calls()).containsExactly("pin", "verify", "manifest", "confirm");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0-rc.1+linux", "1.0.0-rc.1", "1.0.0-rc.1+windows"})
    void refusesAVersionOfEqualPrecedence(String other) {
        createMode("stable");
        createVersion("stable", "1.0.0-rc.1+linux");
        postVersion("stable", other, index("another"))
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("VERSION_EXISTS"));
        assertThat(assets.pins()).hasSize(1);
        // The version that is there answers to its own name only.
        given().urlEncodingEnabled(false)
                .get(VERSIONS + "/1.0.0-rc.1+linux")
                .then()
                .statusCode(200);
        given().get(VERSIONS + "/1.0.0-rc.1").then().statusCode(404).body("code", equalTo("VERSION_NOT_FOUND"));
    }

    @Test
    void twoModesMayHaveTheSameVersionOfTheSameIndex() {
        createMode("stable");
        createMode("beta");
        createVersion("stable", "0.1.0");
        createVersion("beta", "0.1.0");
        publisher().delete("/api/v1/modes/beta/versions/0.1.0").then().statusCode(204);
        given().get(VERSIONS + "/0.1.0/files").then().statusCode(200).body("items", hasSize(1));
        assertThat(assets.pins()).hasSize(1);
    }

    @Test
    void listsVersionsByPrecedencePageByPage() {
        createMode("stable");
        List<String> ascending = List.of(
                "0.9.0",
                "0.10.0",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0",
                "1.0.1+exp",
                "99999999999999999999999.0.0");
        List<String> mixed = new ArrayList<>(ascending);
        java.util.Collections.shuffle(mixed, new java.util.Random(7));
        mixed.forEach(version -> createVersion("stable", version));

        for (int limit : new int[] {1, 5, 11, 12, 13}) {
            assertThat(pages("limit=" + limit)).as("limit %d", limit).isEqualTo(ascending.reversed());
        }
    }

    @Test
    void passesOverVersionsOnRequestAndFiltersByIt() {
        createMode("stable");
        createVersion("stable", "0.1.0");
        createVersion("stable", "0.2.0");
        createVersion("stable", "0.3.0");
        Response skipped = skip("0.2.0", true);
        skipped.then().statusCode(200).body("skip_update", equalTo(true));
        assertThat(pages("limit=1&skip_update=false")).containsExactly("0.3.0", "0.1.0");
        assertThat(pages("skip_update=true")).containsExactly("0.2.0");
        publisher()
                .body(Map.of("skip_update", false))
                .patch(VERSIONS + "/0.2.0")
                .then()
                .statusCode(428);
        skip("0.2.0", false).then().statusCode(200);
        publisher()
                .header("If-Match", skipped.header("ETag"))
                .body(Map.of("skip_update", true))
                .patch(VERSIONS + "/0.2.0")
                .then()
                .statusCode(412);
        assertThat(pages("skip_update=true")).isEmpty();
        given().header("If-None-Match", given().get(VERSIONS + "/0.2.0").header("ETag"))
                .get(VERSIONS + "/0.2.0")
                .then()
                .statusCode(304);
    }

    @Test
    void manyAreDeletedAtOnceAndNoneWaitsForAnother() throws Exception {
        createMode("stable");
        List<String> numbers =
                IntStream.range(0, 8).mapToObj(i -> "0." + i + ".0").toList();
        numbers.forEach(number -> createVersion("stable", number));
        List<CompletableFuture<Integer>> deletions = numbers.stream()
                .map(number ->
                        beside(() -> publisher().delete(VERSIONS + "/" + number).statusCode()))
                .toList();
        for (CompletableFuture<Integer> deletion : deletions) {
            assertThat(deletion.get(90, TimeUnit.SECONDS)).isEqualTo(204);
        }
        assertThat(number("SELECT count(*) FROM updater.versions")).isZero();
        assertThat(assets.pins()).isEmpty();
    }

    @Test
    void deletesAVersionWithItsFilesAndItsPin() {
        createMode("stable");
        createVersion("stable", "0.1.0");
        publisher().delete(VERSIONS + "/0.1.0").then().statusCode(204);
        given().get(VERSIONS + "/0.1.0").then().statusCode(404);
        assertThat(number("SELECT count(*) FROM updater.files")).isZero();
        assertThat(assets.pins()).isEmpty();
        publisher().delete(VERSIONS + "/0.1.0").then().statusCode(404);
        createVersion("stable", "0.1.0");
    }

    @Test
    void pagesThroughFilesInArchiveOrder() {
        createMode("stable");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            names.add("f" + i);
        }
        postVersion(
                        "stable",
                        "0.1.0",
                        assets.addIndex(names.stream()
                                .map(name -> FakeAssetStore.file(name, name))
                                .toList()))
                .then()
                .statusCode(201);
        List<String> seen = new ArrayList<>();
        String next = "";
        do {
            Response page =
                    given().get(VERSIONS + "/0.1.0/files?limit=1000" + (next.isEmpty() ? "" : "&after=" + next));
            seen.addAll(page.jsonPath().getList("items.file_name", String.class));
            next = page.jsonPath().getString("next");
        } while (next != null);
        assertThat(seen).isEqualTo(names);
    }

    @Test
    void answersNotFoundForUnknownModesAndVersions() {
        given().get(VERSIONS).then().statusCode(404).body("code", equalTo("MODE_NOT_FOUND"));
        postVersion("stable", "0.1.0", index("a")).then().statusCode(404).body("code", equalTo("MODE_NOT_FOUND"));
        createMode("stable");
        given().get(VERSIONS).then().statusCode(200).body("items", empty());
        given().get(VERSIONS + "/0.1.0/files").then().statusCode(404).body("code", equalTo("VERSION_NOT_FOUND"));
        publisher()
                .header("If-Match", "\"x\"")
                .body(Map.of("skip_update", true))
                .patch(VERSIONS + "/0.1.0")
                .then()
                .statusCode(404);
        assertThat(assets.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0\u0000", "1.0.0/../2.0.0"})
    void refusesBadVersions(String version) {
        createMode("stable");
        postVersion("stable", version, index("a")).then().statusCode(400).body("code", equalTo("INVALID_VERSION"));
        assertThat(assets.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x.caidx", "../../etc/passwd", "ab.caibx"})
    void refusesBadIndexNames(String index) {
        createMode("stable");
        postVersion("stable", "0.1.0", index).then().statusCode(400).body("code", equalTo("INVALID_INDEX_NAME"));
        assertThat(assets.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"version\":\"1.0.0\"}", "{\"version\":1,\"index\":[]}", "{\"skip\":1}"})
    void refusesBadBodies(String body) {
        createMode("stable");
        publisher().body(body).post(VERSIONS).then().statusCode(400).contentType("application/problem+json");
    }

    @Test
    void refusesArchivesThatNoPlayerShouldGet() {
        createMode("stable");
        String climbing = assets.addIndex(List.of(FakeAssetStore.file("ok", "a"), FakeAssetStore.file("../evil", "a")));
        postVersion("stable", "0.1.0", climbing).then().statusCode(409).body("code", equalTo("ARCHIVE_UNSUITABLE"));
        String privileged = assets.addIndex(List.of(
                FakeAssetStore.file("sudo", "a").toBuilder().setMode(04755).build()));
        postVersion("stable", "0.1.0", privileged).then().statusCode(409).body("code", equalTo("ARCHIVE_UNSUITABLE"));
        assertThat(assets.pins()).isEmpty();
        assertThat(number("SELECT count(*) FROM updater.versions")).isZero();
    }

    private static List<String> pages(String query) {
        List<String> versions = new ArrayList<>();
        String next = "";
        do {
            Response page = given().get(VERSIONS + "?" + query + (next.isEmpty() ? "" : "&after=" + next));
            page.then().statusCode(200);
            versions.addAll(page.jsonPath().getList("items.version", String.class));
            next = page.jsonPath().getString("next");
        } while (next != null);
        return versions;
    }

    private static Response skip(String version, boolean skip) {
        return publisher()
                .header("If-Match", given().get(VERSIONS + "/" + version).header("ETag"))
                .body(Map.of("skip_update", skip))
                .patch(VERSIONS + "/" + version);
    }
}
