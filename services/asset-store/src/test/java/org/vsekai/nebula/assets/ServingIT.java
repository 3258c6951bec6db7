package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.github.luben.zstd.Zstd;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.kit.testing.TestTokens;

/** How chunks are served: the rules of HTTP to the letter, and callers that do not behave. */
@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class ServingIT {
    private static final int SMALL = 20_000;
    /** More than what is held in memory, and more than a socket takes at once. */
    private static final int LARGE = 6 << 20;

    @TestHTTPResource("/")
    URI server;

    @TestHTTPResource(value = "/", tls = true)
    URI tlsServer;

    private static TestChunk stored(long seed, int length) {
        TestChunk chunk = TestChunk.random(seed, length);
        given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .contentType("application/octet-stream")
                .body(chunk.stored)
                .put(chunk.path())
                .then()
                .statusCode(200);
        return chunk;
    }

    private static String tag(byte[] stored) {
        return '"' + ChunkProtocolIT.sha256(stored) + '"';
    }

    private static Path file(TestChunk chunk) {
        return StoreResource.folder().resolve(chunk.path().substring(1));
    }

    private RawHttp.Answer ask(String method, String target, String... headers) throws IOException {
        try (RawHttp http = new RawHttp(server)) {
            return http.ask(method, target, headers);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void headSaysWhatGetSays(int length) throws Exception {
        TestChunk chunk = stored(100, length);
        try (RawHttp http = new RawHttp(server)) {
            RawHttp.Answer get = http.ask("GET", chunk.path());
            RawHttp.Answer head = http.ask("HEAD", chunk.path(), "Range: bytes=0-0");
            RawHttp.Answer again = http.ask("GET", chunk.path());

            assertThat(get.status()).isEqualTo(200);
            assertThat(get.body()).isEqualTo(chunk.stored);
            assertThat(again.body()).isEqualTo(chunk.stored);
            for (String name : List.of("etag", "cache-control", "accept-ranges", "content-type", "content-length")) {
                assertThat(get.header(name)).isNotEmpty();
                assertThat(head.header(name)).as(name).isEqualTo(get.header(name));
            }
            assertThat(head.status()).isEqualTo(200);
            assertThat(ZonedDateTime.parse(get.header("date"), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant())
                    .isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(1));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "If-None-Match: TAG; 304",
                "If-None-Match: W/TAG; 304",
                "If-None-Match: *; 304",
                "If-None-Match: \"a\", W/\"b\" ,TAG; 304",
                "If-None-Match: \"a\"|If-None-Match: TAG; 304",
                "If-None-Match: \"a\"; 200",
                "If-None-Match: \"a\"|If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT; 200",
                "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT; 200",
                "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT; 200",
                "If-Match: TAG; 200",
                "If-Match: *; 200",
                "If-Match: W/TAG; 412",
                "If-Match: \"a\", \"b\"; 412",
                "If-Match: \"a\"|If-None-Match: TAG; 412",
                "If-None-Match: TAG|Range: bytes=0-1; 304",
                "Range: bytes=0-1|If-Range: TAG; 206",
                "Range: bytes=0-1|If-Range: W/TAG; 200",
                "Range: bytes=0-1|If-Range: Fri, 01 Jan 2100 00:00:00 GMT; 200",
                "Range: bytes=0-1|Range: bytes=4-5; 200",
                "Range: bytes=0-1,4-5; 200",
                "Range: bytes=5-4; 200",
                "Range: bytes=-0; 416",
                "Range: bytes=9999999999-; 416",
            })
    void conditionsDecideAsRfc9110Says(String headers, int status) throws Exception {
        TestChunk chunk = stored(101, SMALL);
        String tag = tag(chunk.stored);
        String[] lines = headers.replace("TAG", tag).split("\\|");
        try (RawHttp http = new RawHttp(server)) {
            RawHttp.Answer get = http.ask("GET", chunk.path(), lines);
            assertThat(get.status()).isEqualTo(status);
            switch (status) {
                case 200 -> assertThat(get.body()).isEqualTo(chunk.stored);
                case 206 -> assertThat(get.body()).isEqualTo(Arrays.copyOf(chunk.stored, 2));
                case 304 -> {
                    assertThat(get.header("etag")).isEqualTo(tag);
                    assertThat(get.header("cache-control")).contains("immutable");
                }
                case 416 -> {
                    assertThat(get.header("content-range")).isEqualTo("bytes */" + chunk.stored.length);
                    assertThat(get.header("cache-control")).isEmpty();
                }
                default -> assertThat(get.header("content-type")).isEqualTo("application/problem+json");
            }
            boolean rangeDecided = status == 206 || status == 416;
            assertThat(http.ask("HEAD", chunk.path(), lines).status()).isEqualTo(rangeDecided ? 200 : status);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void partsTogetherAreTheWhole(int length) throws Exception {
        TestChunk chunk = stored(102, length);
        int size = chunk.stored.length;
        byte[] whole = new byte[size];
        try (RawHttp http = new RawHttp(server)) {
            for (int from = 0; from < size; ) {
                int to = Math.min(size - 1, from + size / 3);
                RawHttp.Answer part = http.ask("GET", chunk.path(), "Range: bytes=" + from + "-" + to);
                assertThat(part.status()).isEqualTo(206);
                assertThat(part.header("content-range")).isEqualTo("bytes %d-%d/%d".formatted(from, to, size));
                System.arraycopy(part.body(), 0, whole, from, part.body().length);
                from += part.body().length;
            }
        }
        assertThat(whole).isEqualTo(chunk.stored);
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        TestChunk first = stored(103, SMALL);
        TestChunk large = stored(104, LARGE);
        TestChunk absent = TestChunk.random(105, SMALL);
        try (RawHttp http = new RawHttp(server)) {
            http.send(RawHttp.request("GET", large.path())
                    + RawHttp.request("GET", first.path())
                    + RawHttp.request("HEAD", large.path())
                    + RawHttp.request("GET", absent.path())
                    + RawHttp.request("GET", first.path(), "Range: bytes=-7"));

            assertThat(http.readAnswer(true).body()).isEqualTo(large.stored);
            assertThat(http.readAnswer(true).body()).isEqualTo(first.stored);
            assertThat(http.readAnswer(false).header("content-length"))
                    .isEqualTo(Integer.toString(large.stored.length));
            assertThat(http.readAnswer(true).status()).isEqualTo(404);
            assertThat(http.readAnswer(true).body()).hasSize(7);
        }
    }

    @Test
    void everyWayToWriteAPathNamesTheChunkOrNothing() throws Exception {
        TestChunk chunk = stored(106, SMALL);
        String hex = chunk.id.toString();
        String folder = hex.substring(0, 4);
        for (String same : List.of(
                "/chunks/" + folder.toUpperCase(Locale.ROOT) + "/" + hex.toUpperCase(Locale.ROOT) + ".cacnk",
                "/chunks/./" + folder + "/" + hex + ".cacnk",
                "/indexes/../chunks/" + folder + "/" + hex + ".cacnk",
                chunk.path() + "?query=1")) {
            assertThat(ask("GET", same).body()).as(same).isEqualTo(chunk.stored);
        }
        for (String none : List.of(
                "/chunks/../../../../etc/passwd",
                "/chunks/..%2f..%2f..%2fetc%2fpasswd",
                "/chunks/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/chunks/" + folder + "/../../../etc/passwd",
                "/chunks/" + folder + "%2f" + hex + ".cacnk%00",
                "/chunks/" + folder + "/" + hex + ".cacnk/",
                "/chunks/" + folder + "/" + hex,
                "/chunks/" + folder,
                "/chunks/",
                "/chunks/0000/" + hex + ".cacnk")) {
            assertThat(ask("GET", none).status()).as(none).isIn(400, 404);
        }
    }

    @Test
    void removedChunkIsGoneAfterItsTimeInMemory() throws Exception {
        TestChunk chunk = stored(107, SMALL);
        assertThat(ask("GET", chunk.path()).status()).isEqualTo(200);
        Files.delete(file(chunk));
        eventually(() -> assertStatus(chunk, 404));
    }

    @Test
    void tagIsAlwaysThatOfTheBytesEvenWhenTheFileIsReplaced() throws Exception {
        TestChunk chunk = stored(108, SMALL);
        byte[] other = Zstd.compress(chunk.plain, 19);
        Path replacement = file(chunk).resolveSibling("replacement");
        Files.write(replacement, other);
        Files.setLastModifiedTime(
                replacement, java.nio.file.attribute.FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        assertThat(ask("GET", chunk.path()).header("etag")).isEqualTo(tag(chunk.stored));

        Files.move(replacement, file(chunk), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        eventually(() -> {
            RawHttp.Answer answer = get(chunk);
            assertThat(answer.header("etag")).isEqualTo(tag(answer.body()));
            assertThat(answer.body()).isEqualTo(other);
        });
    }

    @Test
    void folderThatIsAwayMakesChunksUnavailableAndNotAbsent() throws Exception {
        TestChunk chunk = stored(109, SMALL);
        Path away = StoreResource.folder().resolveSibling("away");
        Files.move(StoreResource.folder(), away);
        try {
            eventually(() -> assertStatus(chunk, 503));
            assertThat(ask("HEAD", chunk.path()).status()).isEqualTo(503);
        } finally {
            Files.move(away, StoreResource.folder());
        }
        assertStatus(chunk, 200);
    }

    private void assertStatus(TestChunk chunk, int status) {
        assertThat(get(chunk).status()).isEqualTo(status);
    }

    private RawHttp.Answer get(TestChunk chunk) {
        try {
            return ask("GET", chunk.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void callersThatStallOrLeaveHoldNoFileAndNoOther() throws Exception {
        TestChunk large = stored(110, LARGE);
        TestChunk small = stored(111, SMALL);
        List<RawHttp> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawHttp http = new RawHttp(server);
                stalled.add(http);
                http.send(RawHttp.request("GET", large.path()));
            }
            eventually(() -> assertThat(openFiles(large)).isEqualTo(stalled.size()));
            assertThat(ask("GET", small.path()).body()).isEqualTo(small.stored);
            assertThat(ask("GET", large.path()).body()).isEqualTo(large.stored);
        } finally {
            for (RawHttp http : stalled) {
                http.close();
            }
        }
        eventually(() -> assertThat(openFiles(large)).isZero());
        assertThat(ask("GET", large.path()).body()).isEqualTo(large.stored);
    }

    /** The server runs in this process. */
    private static long openFiles(TestChunk chunk) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> leadsTo(descriptor, file(chunk)))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void http2ServesManyChunksAtATime(boolean tls) throws Exception {
        List<TestChunk> chunks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            chunks.add(stored(120 + i, SMALL));
        }
        chunks.add(stored(104, LARGE));
        URI base = tls ? tlsServer : server;
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(TestCertificate.trusted())
                .build()) {
            HttpRequest first = HttpRequest.newBuilder(
                            base.resolve(chunks.getFirst().path()))
                    .build();
            // An upgrade of a cleartext connection must be through before the others can share it.
            assertThat(client.send(first, BodyHandlers.ofByteArray()).version()).isEqualTo(HttpClient.Version.HTTP_2);
            List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                answers.add(client.sendAsync(
                        HttpRequest.newBuilder(base.resolve(
                                        chunks.get(i % chunks.size()).path()))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        BodyHandlers.ofByteArray()));
            }
            for (int i = 0; i < answers.size(); i++) {
                HttpResponse<byte[]> answer = answers.get(i).get();
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(chunks.get(i % chunks.size()).stored);
            }

            HttpRequest conditional = HttpRequest.newBuilder(first.uri())
                    .header("If-None-Match", tag(chunks.getFirst().stored))
                    .build();
            assertThat(client.send(conditional, BodyHandlers.ofByteArray()).statusCode())
                    .isEqualTo(304);
            HttpRequest part = HttpRequest.newBuilder(
                            base.resolve(chunks.getLast().path()))
                    .header("Range", "bytes=1000000-1000009")
                    .build();
            assertThat(client.send(part, BodyHandlers.ofByteArray()).body())
                    .isEqualTo(Arrays.copyOfRange(chunks.getLast().stored, 1_000_000, 1_000_010));
        }
    }

    @Test
    void http2CallerThatCancelsHoldsNoFile() throws Exception {
        TestChunk large = stored(113, LARGE);
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(TestCertificate.trusted())
                .build()) {
            for (int i = 0; i < 10; i++) {
                HttpRequest request = HttpRequest.newBuilder(tlsServer.resolve(large.path()))
                        .timeout(Duration.ofSeconds(30))
                        .build();
                client.send(request, BodyHandlers.ofInputStream()).body().close();
            }
            eventually(() -> assertThat(openFiles(large)).isZero());
            HttpRequest whole =
                    HttpRequest.newBuilder(tlsServer.resolve(large.path())).build();
            assertThat(client.send(whole, BodyHandlers.ofByteArray()).body()).isEqualTo(large.stored);
        }
    }

    @Test
    void countsAreForOperatorsAndHaveOneSeriesForAllChunks() throws Exception {
        TestChunk chunk = stored(114, SMALL);
        assertThat(ask("GET", chunk.path()).status()).isEqualTo(200);
        given().get("/q/metrics").then().statusCode(401);
        given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .get("/q/metrics")
                .then()
                .statusCode(403);
        String metrics = given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(metrics).contains("uri=\"/chunks/{chunk}\"").doesNotContain(chunk.id.toString());
    }
}
