package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.parts.FreePorts;

/** Images are made of what was built, over Debian, as docs/operate/kubernetes.md tells; and one of them is run. */
class ImagesIT {
    private static final List<String> SERVICES = List.of("updater", "cdn-registry", "asset-store", "entity-sync");
    private static final String USER = "10001";
    private static final long PATIENCE_MINUTES = 15;

    @TempDir
    Path temporary;

    private final List<String> containers = new ArrayList<>();

    @AfterEach
    void removeContainers() throws IOException, InterruptedException {
        for (String container : containers) {
            buildah("rm", container);
        }
    }

    @Test
    void everyImageRunsItsProgramAsNobodyInParticularAndOneIsReady() throws Exception {
        Peer.find("buildah");
        Peer.find("debootstrap");
        assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                .as("debootstrap needs root")
                .isEqualTo(0);
        String base = "localhost/nebula-base:test";
        run(List.of(SourceTree.root().resolve("native/base").toString(), base));
        build("migrations", "migrations", base);
        for (String service : SERVICES) {
            build("jvm", service, base);
            JsonNode config = inspect(image(service));
            assertThat(config.at("/OCIv1/config/User").asText()).isEqualTo(USER + ":" + USER);
        }

        String container = buildah("from", image("entity-sync")).strip();
        containers.add(container);
        // The programs write nowhere but to /tmp and their volumes.
        int port = FreePorts.find();
        List<String> command = new ArrayList<>(List.of("buildah", "run", "--isolation", "chroot", "--user", USER));
        for (String setting : List.of(
                "NEBULA_ENTITY_SYNC_ROLE=ledger",
                "NEBULA_ENTITY_SYNC_LEDGER_FOLDER=/tmp/ledger",
                "NEBULA_HTTP_HOST=127.0.0.1",
                "NEBULA_HTTP_PORT=" + port,
                "NEBULA_GRPC_HOST=127.0.0.1",
                "NEBULA_GRPC_PORT=" + FreePorts.find(),
                "NEBULA_ENTITY_SYNC_LEDGER_BIND_PORT=" + FreePorts.find())) {
            command.addAll(List.of("--env", setting));
        }
        command.addAll(List.of(container, "--"));
        inspect(image("entity-sync")).at("/OCIv1/config/Entrypoint").forEach(word -> command.add(word.asText()));
        Path log = temporary.resolve("entity-sync.log");
        Process running = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Eventually.eventually(() -> {
                try {
                    assertThat(running.isAlive()).as(() -> text(log)).isTrue();
                    assertThat(Web.status(URI.create("http://127.0.0.1:" + port + "/q/health/ready")))
                            .isEqualTo(200);
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            ProcessHandle java = running.descendants()
                    .filter(process -> process.info().command().orElse("").endsWith("/java"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.getAttribute(Path.of("/proc", Long.toString(java.pid())), "unix:uid"))
                    .isEqualTo(Integer.parseInt(USER));
            java.destroy();
            assertThat(running.waitFor(1, TimeUnit.MINUTES))
                    .as("it ends when it is asked to")
                    .isTrue();
            assertThat(text(log)).contains("entity-sync stopped");
        } finally {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
        }
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String image(String program) {
        return "localhost/nebula/" + program + ":test";
    }

    private void build(String file, String program, String base) throws IOException, InterruptedException {
        buildah(
                "build",
                "-q",
                "-f",
                SourceTree.root().resolve("native/" + file + ".Dockerfile").toString(),
                "--build-arg",
                "BASE=" + base,
                "--build-arg",
                "PROGRAM=" + program,
                "-t",
                image(program),
                SourceTree.root().toString());
    }

    private JsonNode inspect(String image) throws IOException, InterruptedException {
        return new ObjectMapper().readTree(buildah("inspect", "--type", "image", image));
    }

    private String buildah(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("buildah"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** What it says, of which errors stand in a file. */
    private String run(List<String> command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile(temporary, "errors", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as("%s\n%s%s", String.join(" ", command), output, Files.readString(errors))
                .isZero();
        return output;
    }
}
