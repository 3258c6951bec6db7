package org.vsekai.nebula.updater.update;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.updater.testing.AssetStoreResource;
import org.vsekai.nebula.updater.testing.UpdaterTest;

@QuarkusTest
class UpdatesIT extends UpdaterTest {
    @Test
    void installsThenUpdatesThenStays() {
        createMode("stable");
        createVersion("stable", "0.9.0");
        createVersion("stable", "0.10.0");
        String index = AssetStoreResource.PUBLIC + "indexes/" + index("0.10.0");
        String manifest = given().get("/api/v1/modes/stable/versions/0.10.0").path("manifest_file_uri");

        update("stable", "")
                .body("action", equalTo("install"))
                .body("mode", equalTo("stable"))
                .body("version", equalTo("0.10.0"))
                .body("index", equalTo(index))
                .body("manifest", equalTo(manifest))
                .body("size", equalTo(12_345));
        update("stable", "?from=0.9.0")
                .body("action", equalTo("update"))
                .body("version", equalTo("0.10.0"))
                .body("index", equalTo(index));
        update("stable", "?from=0.10.0")
                .body("action", equalTo("none"))
                .body("mode", equalTo("stable"))
                .body("$", hasKey("version"))
                .body("version", nullValue())
                .body("manifest", nullValue())
                .body("index", nullValue())
                .body("reason", containsString("0.10.0"));
        update("stable", "?from=1.0.0-alpha").body("action", equalTo("none"));
    }

    @Test
    void passesOverSkippedVersions() {
        createMode("stable");
        createVersion("stable", "0.1.0");
        createVersion("stable", "0.2.0");
        skip("stable", "0.2.0");
        update("stable", "").body("version", equalTo("0.1.0"));
        update("stable", "?from=0.1.0").body("action", equalTo("none"));
        update("stable", "?from=0.2.0").body("action", equalTo("none"));
        skip("stable", "0.1.0");
        update("stable", "").body("action", equalTo("none")).body("version", nullValue());
    }

    @Test
    void followsAModeThatSendsItsPlayersOn() {
        createMode("stable");
        createMode("beta", "stable");
        createMode("alpha", "beta");
        createVersion("stable", "0.2.0");
        createVersion("beta", "0.3.0");
        for (String from : new String[] {"0.1.0", "0.2.0", "0.3.0"}) {
            update("alpha", "?from=" + from)
                    .body("action", equalTo("switch"))
                    .body("mode", equalTo("stable"))
                    .body("version", equalTo("0.2.0"));
        }
        update("alpha", "").body("action", equalTo("install")).body("mode", equalTo("stable"));
        change("alpha", Map.of("is_active", false));
        update("alpha", "?from=0.1.0").body("action", equalTo("switch"));
        change("stable", Map.of("is_active", false));
        update("alpha", "?from=0.1.0")
                .body("action", equalTo("none"))
                .body("mode", equalTo("alpha"))
                .body("reason", containsString("not active"));
    }

    @Test
    void refusesACircleThatCameAboutWithoutIt() {
        createMode("a");
        createMode("b", "a");
        sql("UPDATE updater.modes SET update_to = (SELECT id FROM updater.modes WHERE name = 'b') WHERE name = 'a'");
        given().get("/api/v1/modes/a/update").then().statusCode(409).body("code", equalTo("MODE_CYCLE"));
        // What stands can still be read and mended.
        given().get("/api/v1/modes/a").then().statusCode(200).body("update_to", equalTo("b"));
        Map<String, Object> nowhere = new java.util.HashMap<>();
        nowhere.put("update_to", null);
        change("a", nowhere);
        update("b", "").body("action", equalTo("none"));
    }

    @Test
    void knowsNothingOfUnknownModes() {
        given().get("/api/v1/modes/nowhere/update").then().statusCode(404).body("code", equalTo("MODE_NOT_FOUND"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "latest", "v1.0.0"})
    void refusesBadVersions(String from) {
        createMode("stable");
        given().queryParam("from", from)
                .get("/api/v1/modes/stable/update")
                .then()
                .statusCode(400)
                .body("code", equalTo("INVALID_VERSION"));
    }

    @Test
    void namesEveryEndpointWithATrailingSlash() {
        given().get("/api/v1/endpoints")
                .then()
                .statusCode(200)
                .body("updater", equalTo("https://updates.example.org/"))
                .body("cdn_registry", equalTo("https://cdns.example.org/"))
                .body("asset_store", equalTo(AssetStoreResource.PUBLIC));
    }

    @Test
    void isReadyOnceTheSchemaIsAsExpected() {
        given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
    }

    private static ValidatableResponse update(String mode, String query) {
        return given().get("/api/v1/modes/" + mode + "/update" + query).then().statusCode(200);
    }

    private static void skip(String mode, String version) {
        String path = "/api/v1/modes/" + mode + "/versions/" + version;
        publisher()
                .header("If-Match", given().get(path).header("ETag"))
                .body(Map.of("skip_update", true))
                .patch(path)
                .then()
                .statusCode(200);
    }

    private static void change(String mode, Map<String, ?> change) {
        publisher()
                .header("If-Match", given().get("/api/v1/modes/" + mode).header("ETag"))
                .body(change)
                .patch("/api/v1/modes/" + mode)
                .then()
                .statusCode(200);
    }
}
