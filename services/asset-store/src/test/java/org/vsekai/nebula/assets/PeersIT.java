package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.kit.testing.TestTokens;

/** The real desync and casync, speaking to the running store. */
@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class PeersIT {
    @TestHTTPResource("/chunks")
    URI chunks;

    @TempDir
    Path folder;

    @Test
    void desyncMakesIntoTheStoreAndExtractsFromIt() throws Exception {
        String desync = tool("desync");
        Path blob = blob(1, 3_000_000);
        Path index = folder.resolve("blob.caibx");
        Path config = config();

        Ran refused = run(desync, "make", "-s", chunks.toString(), index.toString(), blob.toString());
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output()).contains("401");

        run(desync, "--config", config.toString(), "make", "-s", chunks.toString(), index.toString(), blob.toString())
                .succeeded();
        // A second time everything is there already.
        run(desync, "--config", config.toString(), "make", "-s", chunks.toString(), index.toString(), blob.toString())
                .succeeded();

        Path extracted = folder.resolve("extracted");
        run(desync, "extract", "-s", chunks.toString(), index.toString(), extracted.toString())
                .succeeded();
        assertThat(Files.mismatch(blob, extracted)).isEqualTo(-1);
    }

    @Test
    void casyncExtractsWhatDesyncStored() throws Exception {
        String desync = tool("desync");
        String casync = tool("casync");
        Path blob = blob(2, 2_000_000);
        Path index = folder.resolve("blob.caibx");
        run(desync, "--config", config().toString(), "make", "-s", chunks.toString(), index.toString(), blob.toString())
                .succeeded();

        Path extracted = folder.resolve("extracted");
        run(casync, "extract", "--store=" + chunks + "/", index.toString(), extracted.toString())
                .succeeded();
        assertThat(Files.mismatch(blob, extracted)).isEqualTo(-1);
    }

    @Test
    void desyncFailsClearlyWhenAChunkIsMissing() throws Exception {
        String desync = tool("desync");
        Path blob = blob(3, 1_000_000);
        Path index = folder.resolve("blob.caibx");
        run(desync, "--config", config().toString(), "make", "-s", chunks.toString(), index.toString(), blob.toString())
                .succeeded();
        ChunkIndex parsed = ChunkIndexCodec.read(index);
        Files.delete(
                StoreResource.folder().resolve(TestChunk.pathOf(parsed.id(0)).substring(1)));

        Ran ran = run(desync, "extract", "-s", chunks.toString(), index.toString(), folder + "/out");
        assertThat(ran.exitCode()).isNotZero();
        assertThat(ran.output()).contains(parsed.id(0).toString());
    }

    @Test
    void indexThatDesyncMadeIsTakenAndServed() throws Exception {
        String desync = tool("desync");
        Path blob = blob(4, 500_000);
        Path index = folder.resolve("blob.caibx");
        run(desync, "--config", config().toString(), "make", "-s", chunks.toString(), index.toString(), blob.toString())
                .succeeded();
        byte[] bytes = Files.readAllBytes(index);
        String path = "/indexes/" + ChunkProtocolIT.sha256(bytes) + ".caibx";
        given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .contentType("application/octet-stream")
                .body(bytes)
                .put(path)
                .then()
                .statusCode(200);

        Path extracted = folder.resolve("extracted");
        run(desync, "extract", "-s", chunks.toString(), chunks.resolve(path).toString(), extracted.toString())
                .succeeded();
        assertThat(Files.mismatch(blob, extracted)).isEqualTo(-1);
    }

    private Path blob(long seed, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return Files.write(folder.resolve("blob"), bytes);
    }

    private Path config() throws IOException {
        return Files.writeString(
                folder.resolve("desync.json"),
                "{\"store-options\": {\"%s\": {\"http-auth\": \"%s\"}}}"
                        .formatted(chunks, TestTokens.bearer(TestTokens.PUBLISHER)));
    }

    private record Ran(int exitCode, String output) {
        void succeeded() {
            assertThat(exitCode).as(output).isZero();
        }
    }

    private Ran run(String... command) throws Exception {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(List.of(command) + " did not end within 120 s");
        }
        return new Ran(process.exitValue(), Files.readString(output));
    }

    /** The path of a peer: in the folder that system property nebula.tools names, else on PATH. */
    private static String tool(String name) {
        List<String> folders = new ArrayList<>();
        folders.add(System.getProperty("nebula.tools", ""));
        folders.addAll(List.of(System.getenv("PATH").split(File.pathSeparator)));
        Optional<Path> found = folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty() && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(name + " is needed when CI=true; put it on PATH or into -Dnebula.tools=FOLDER");
        }
        Assumptions.assumeTrue(found.isPresent(), name + " is not installed");
        return found.orElseThrow().toString();
    }
}
