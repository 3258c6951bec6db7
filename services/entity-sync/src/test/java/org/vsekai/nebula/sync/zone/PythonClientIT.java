package org.vsekai.nebula.sync.zone;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.sync.testing.OneWorld;
import org.vsekai.nebula.sync.testing.SingleMember;

/** The contract means the same to a client that was made of the .proto file by another language's tools. */
@QuarkusTest
@QuarkusTestResource(SingleMember.class)
@QuarkusTestResource(OneWorld.class)
class PythonClientIT {
    private static final Path PYTHON = Path.of(System.getProperty("nebula.tools", ""), "python/bin/python");
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final String ZONE = "city/0/0";

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    @BeforeAll
    static void needPython() {
        boolean there = Files.isExecutable(PYTHON);
        assertThat(there || !"true".equals(System.getenv("CI")))
                .as("%s is there; ./nebula test makes it", PYTHON)
                .isTrue();
        assumeTrue(there, "Python with grpcio is not there");
    }

    @Test
    void pythonSessionSeesWhatAnotherMoves() throws Exception {
        eventually(() -> given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                .get("/api/v1/zones")
                .then()
                .statusCode(200)
                .body("items", hasSize(2)));
        Process process = new ProcessBuilder(
                        PYTHON.toString(),
                        ROOT.resolve("tools/entities-python/client.py").toString(),
                        ROOT.resolve("api/src/main/proto").toString(),
                        "127.0.0.1:" + grpcPort,
                        ZONE,
                        TestTokens.SERVER)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                OutputStream done = process.getOutputStream()) {
            ObjectMapper json = new ObjectMapper();
            List<JsonNode> seen = new ArrayList<>();
            String line = lines.readLine();
            while (line != null && !json.readTree(line).has("session")) {
                seen.add(json.readTree(line));
                line = lines.readLine();
            }
            assertThat(line).as("the client reached its end").isNotNull();
            int session = json.readTree(line).path("session").asInt();

            JsonNode server = json.readTree(given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                    .get("/api/v1/zones/" + ZONE + "/entities?limit=1000")
                    .body()
                    .asString());
            assertThat(seen).hasSize(40);
            assertThat(server.path("items")).hasSize(40);
            for (int i = 0; i < seen.size(); i++) {
                JsonNode entity = server.path("items").path(i);
                JsonNode view = seen.get(i);
                assertThat(view.path("handle")).isEqualTo(entity.path("handle"));
                assertThat(view.path("id")).isEqualTo(entity.path("id"));
                assertThat(view.path("cell")).isEqualTo(entity.path("cell"));
                assertThat(view.path("owner").asInt()).isEqualTo(session);
                assertThat(view.path("position").path(0)).isEqualTo(entity.path("x"));
                assertThat(view.path("position").path(1)).isEqualTo(entity.path("y"));
                assertThat(view.path("position").path(2)).isEqualTo(entity.path("z"));
                assertThat(view.path("rotation").asLong())
                        .isEqualTo(entity.path("rotation").asLong());
            }
            done.write('\n');
            done.flush();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
