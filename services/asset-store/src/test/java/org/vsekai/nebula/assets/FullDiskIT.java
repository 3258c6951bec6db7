package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.TestTokens;

/**
 * The store on a real disk that fills up: a small tmpfs, mounted over the store's folder. That takes root on Linux; other
 * users skip it.
 */
@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class FullDiskIT {
    private static final int CHUNK_BYTES = 256 << 10;

    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        mounted = root
                && run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=4m",
                        "none",
                        StoreResource.folder().toString());
        if (root && !mounted && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("a tmpfs cannot be mounted, which CI=true needs; see the output above");
        }
        Assumptions.assumeTrue(mounted, "only root, where it may mount a tmpfs, can fill a small disk");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            // Lazily: the service may be counting files there.
            assertThat(run("umount", "-l", StoreResource.folder().toString())).isTrue();
        }
    }

    @Test
    void putOnAFullDiskIsRefusedAndWhatWasStoredStaysAndNoPartIsLeft() throws Exception {
        List<TestChunk> stored = fill(300);
        TestChunk next = TestChunk.random(299, CHUNK_BYTES);
        put(next)
                .statusCode(507)
                .contentType("application/problem+json")
                .body("code", equalTo("STORE_FULL"))
                .body("detail", containsString(next.id.toString()));
        assertThat(stored).hasSizeGreaterThan(10);

        given().get(next.path()).then().statusCode(404);
        for (TestChunk chunk : stored) {
            assertThat(given().get(chunk.path())
                            .then()
                            .statusCode(200)
                            .extract()
                            .asByteArray())
                    .isEqualTo(chunk.stored);
        }
        assertThat(chunkFiles())
                .containsExactlyInAnyOrderElementsOf(
                        stored.stream().map(FullDiskIT::file).toList());
    }

    @Test
    void putSucceedsAgainOnceThereIsRoom() throws Exception {
        List<TestChunk> stored = fill(500);
        TestChunk next = TestChunk.random(499, CHUNK_BYTES);
        put(next).statusCode(507);
        Files.delete(file(stored.getFirst()));

        put(next).statusCode(200);
        assertThat(given().get(next.path()).then().statusCode(200).extract().asByteArray())
                .isEqualTo(next.stored);
    }

    /** Puts chunks until one is refused; returns those that were taken. */
    private static List<TestChunk> fill(long seed) {
        List<TestChunk> stored = new ArrayList<>();
        while (stored.size() < 100) {
            TestChunk next = TestChunk.random(seed + stored.size(), CHUNK_BYTES);
            if (put(next).extract().statusCode() != 200) {
                return stored;
            }
            stored.add(next);
        }
        throw new AssertionError("the small disk took " + stored.size() + " chunks");
    }

    private static ValidatableResponse put(TestChunk chunk) {
        return given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .contentType("application/octet-stream")
                .body(chunk.stored)
                .put(chunk.path())
                .then();
    }

    private static Path file(TestChunk chunk) {
        return StoreResource.folder().resolve(chunk.path().substring(1));
    }

    private static List<Path> chunkFiles() throws IOException {
        try (Stream<Path> all = Files.walk(StoreResource.folder().resolve("chunks"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(List.of(command) + " did not end within 30 s");
        }
        return process.exitValue() == 0;
    }
}
