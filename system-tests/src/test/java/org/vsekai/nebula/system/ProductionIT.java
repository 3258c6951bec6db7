package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.parts.FreePorts;

/** The packaged services with settings of a developer's machine, told that they are in production. */
class ProductionIT {
    private static final Map<String, List<String>> FOUND = Map.of(
            "updater", List.of("loopback-address"),
            "cdn-registry", List.of("loopback-cdns"),
            "asset-store", List.of("plain-store"),
            "entity-sync", List.of("role-all", "few-voters", "guessed-tickets-key"));

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"updater", "cdn-registry", "asset-store", "entity-sync"})
    void aServiceThatIsUnsafeDoesNotStartAndSaysWhatIsWrong(String service) throws IOException, InterruptedException {
        Path log = temporary.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        SourceTree.root()
                                .resolve("services/" + service + "/target/quarkus-app/quarkus-run.jar")
                                .toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("NEBULA_") || name.startsWith("QUARKUS_"));
        environment.putAll(Map.of(
                "NEBULA_PRODUCTION", "true",
                "NEBULA_PRODUCTION_ACCEPTED", "plain-grpc",
                "NEBULA_HTTP_HOST", "0.0.0.0",
                "NEBULA_HTTP_PORT", Integer.toString(FreePorts.find()),
                "NEBULA_GRPC_PORT", Integer.toString(FreePorts.find()),
                "NEBULA_DATABASE_URL", "postgresql://database.invalid:5432/nebula",
                "NEBULA_LEDGER_ENDPOINTS", "127.0.0.1:9000",
                "NEBULA_TICKETS_KEY", "a".repeat(64)));
        environment.put(
                "NEBULA_STORE_URL", "s3://games/nebula?endpoint=http://store.invalid:9000&region=x&lookup=path");
        environment.put("NEBULA_CDN_ALLOW_LOOPBACK", "true");
        environment.put(
                "NEBULA_ENTITY_SYNC_LEDGER_FOLDER", temporary.resolve("ledger").toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("it ends").isTrue();
            String said = Files.readString(log);
            assertThat(process.exitValue()).as(said).isNotZero();
            assertThat(said)
                    .contains("Refusing to start in production")
                    .contains("plain-http: ", "plain-database: ", "no-database-password: ")
                    .doesNotContain("plain-grpc: ");
            FOUND.get(service).forEach(name -> assertThat(said).contains(name + ": "));
            assertThat(temporary.resolve("ledger")).as("nothing was opened").doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }
}
