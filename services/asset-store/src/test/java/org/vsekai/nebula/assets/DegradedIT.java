package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc;
import org.vsekai.nebula.api.assets.v1.GetStatisticsRequest;

/** No database, no folder, no token: the service starts all the same and says what is missing. */
@QuarkusTest
@TestProfile(DegradedIT.NothingThere.class)
class DegradedIT {
    /** The store's folder would have to be made inside a regular file, until the test removes that. */
    private static final Path IN_THE_WAY = Path.of("target", "in-the-way").toAbsolutePath();

    public static final class NothingThere implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                deleteTree(IN_THE_WAY);
                Files.writeString(IN_THE_WAY, "not a folder");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.of(
                    "nebula.asset-store.store-url",
                    IN_THE_WAY.resolve("store").toUri().toString(),
                    "quarkus.datasource.reactive.url",
                    "postgresql://127.0.0.1:1/nebula");
        }

        private static void deleteTree(Path top) throws IOException {
            if (Files.isDirectory(top)) {
                try (Stream<Path> all = Files.walk(top)) {
                    for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
            Files.deleteIfExists(top);
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(FreeGrpcPort.class));
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    @Test
    void readinessNamesEveryPartThatIsMissing() {
        given().get("/q/health/live").then().statusCode(200);
        given().get("/q/health/ready")
                .then()
                .statusCode(503)
                .body("checks.find { it.name == 'store' }.data.reason", containsString(IN_THE_WAY.toString()))
                .body("checks.find { it.name == 'schema' }.data.reason", containsString("NEBULA_DATABASE_URL"));
    }

    @Test
    void writesAreRefusedWithThePropertyToSet() {
        for (String authorization : List.of("", "Bearer whatever")) {
            var request = given().contentType("application/octet-stream").body(new byte[] {1});
            if (!authorization.isEmpty()) {
                request.header("Authorization", authorization);
            }
            request.put("/chunks/0000/" + "0".repeat(64) + ".cacnk")
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", "Bearer")
                    .contentType("application/problem+json")
                    .body("detail", containsString("nebula.auth.publisher"));
        }
    }

    @Test
    void servicesAreRefusedWithThePropertyToSet() {
        try (Grpc grpc = new Grpc(FreeGrpcPort.port())) {
            assertThatThrownBy(() -> AssetStoreGrpc.newBlockingStub(grpc.channel())
                            .getStatistics(GetStatisticsRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
                        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(failure.getStatus().getDescription()).contains("nebula.auth.server");
                    });
        }
    }

    @Test
    void readIsUnavailableRatherThanNotFound() {
        for (String path : List.of("/chunks/0000/%s.cacnk", "/indexes/%s.caidx", "/manifests/%s.json")) {
            given().get(path.formatted("0".repeat(64)))
                    .then()
                    .statusCode(503)
                    .body("code", equalTo("STORE_UNAVAILABLE"));
        }
    }

    @Test
    void storeRecoversWhenItsFolderCanBeMade() throws Exception {
        Files.delete(IN_THE_WAY);
        given().get("/q/health/ready")
                .then()
                .statusCode(503)
                .body("checks.find { it.name == 'store' }.status", equalTo("UP"));
        NothingThere.deleteTree(IN_THE_WAY);
        Files.writeString(IN_THE_WAY, "not a folder");
    }
}
