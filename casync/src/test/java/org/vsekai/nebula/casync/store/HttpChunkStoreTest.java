package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;

@Timeout(60)
class HttpChunkStoreTest extends ChunkStoreContract {
    private static final HttpStoreOptions QUICK = new HttpStoreOptions(
            null,
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(20),
            Duration.ofMillis(300),
            4096,
            3,
            Duration.ofMillis(5));
    private static final ChunkId ID = Sample.of(9, 9).id();

    private final CountDownLatch testOver = new CountDownLatch(1);
    private ChunkServer server;
    private HttpChunkStore store;

    @BeforeEach
    void start() throws IOException {
        server = new ChunkServer();
        store = new HttpChunkStore(server.uri(), QUICK);
    }

    @AfterEach
    void stop() {
        testOver.countDown();
        store.close();
        server.close();
    }

    @Override
    protected WritableStore store() {
        return store;
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Waits without using the line; ends early when the test is over. */
    private void pause(Duration time) throws IOException {
        try {
            if (testOver.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException("the test is over");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void asksForDesyncsPathOnceAndSendsNoExtraHeaders() {
        Sample sample = Sample.of(1, 100);
        store.put(sample.id(), sample.stored());
        store.getStored(sample.id(), LIMIT);
        String path = "/chunks/" + sample.id().toString().substring(0, 4) + "/" + sample.id() + ".cacnk";
        assertThat(server.requests).containsExactly("PUT " + path, "GET " + path);
        assertThat(server.headers.getLast().keySet())
                .map(String::toLowerCase)
                .containsExactlyInAnyOrder("host", "user-agent");
    }

    @Test
    void sendsTheAuthorizationThatItWasGiven() {
        try (HttpChunkStore authorized = new HttpChunkStore(server.uri(), QUICK.withAuthorization("Bearer secret"))) {
            assertThat(authorized.has(ID)).isFalse();
        }
        assertThat(server.headers.getLast()).containsEntry("Authorization", java.util.List.of("Bearer secret"));
        assertThat(QUICK.withAuthorization("Bearer secret").toString()).doesNotContain("secret");
    }

    @Test
    void doesNotCarryTheAuthorizationToAnotherHost() throws IOException {
        try (ChunkServer other = new ChunkServer();
                HttpChunkStore authorized =
                        new HttpChunkStore(server.uri(), QUICK.withAuthorization("Bearer secret"))) {
            server.fault = exchange -> {
                exchange.getResponseHeaders().add("Location", other.uri() + "/x");
                exchange.sendResponseHeaders(307, -1);
            };
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> authorized.getStored(ID, LIMIT))
                    .withMessageContaining("307");
            assertThat(other.requests).isEmpty();
        }
    }

    @Test
    void triesAgainAfterServerErrors() {
        Sample sample = Sample.of(1, 100);
        store.put(sample.id(), sample.stored());
        AtomicInteger failures = new AtomicInteger(2);
        server.fault = exchange -> {
            if (failures.decrementAndGet() == 0) {
                server.fault = null;
            }
            answer(exchange, 503, "busy");
        };
        assertThat(store.getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
        assertThat(server.requests).hasSize(1 + 3);
    }

    @Test
    void givesUpAfterTheLastAttemptAndSaysWhatTheServerSaid() {
        server.fault = exchange -> answer(exchange, 500, "disk\non\u0000fire");
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.getStored(ID, LIMIT))
                .withMessageContaining("500 (disk on fire)")
                .withMessageContaining(server.uri().toString());
        assertThat(server.requests).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 429})
    void doesNotRepeatWhatTheServerRefused(int status) {
        server.fault = exchange -> answer(exchange, status, "no");
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.put(ID, new byte[1]))
                .withMessageContaining(Integer.toString(status));
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void cutsOffABodyWithoutEnd() {
        server.fault = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[1 << 16];
            OutputStream body = exchange.getResponseBody();
            while (testOver.getCount() > 0) {
                body.write(block);
            }
        };
        assertThatExceptionOfType(ChunkCorruptException.class).isThrownBy(() -> store.getStored(ID, LIMIT));
    }

    @Test
    void takesNoMemoryForAnAnnouncedSize() {
        server.fault = exchange -> {
            exchange.sendResponseHeaders(200, 1L << 40);
            exchange.getResponseBody().write(new byte[LIMIT + 1]);
            pause(Duration.ofSeconds(30));
        };
        assertThatExceptionOfType(ChunkCorruptException.class).isThrownBy(() -> store.getStored(ID, LIMIT));
    }

    @Test
    void abandonsAServerThatSendsForeverAByteAtATime() {
        server.fault = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                pause(Duration.ofMillis(20));
            }
        };
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.getStored(ID, LIMIT))
                .withMessageContaining("stalled")
                .withMessageContaining("3 attempts");
    }

    @Test
    void abandonsAServerThatStaysJustAboveTheLeastProgress() {
        HttpStoreOptions patient = new HttpStoreOptions(
                null,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMillis(800),
                Duration.ofMillis(300),
                1,
                1,
                Duration.ofMillis(5));
        server.fault = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                pause(Duration.ofMillis(20));
            }
        };
        try (HttpChunkStore patientStore = new HttpChunkStore(server.uri(), patient)) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> patientStore.getStored(ID, LIMIT))
                    .withMessageContaining("no complete answer within");
        }
    }

    @Test
    void abandonsAServerThatNeverAnswers() {
        server.fault = exchange -> pause(Duration.ofSeconds(30));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.has(ID))
                .withMessageContaining("3 attempts");
    }

    @Test
    void aBodyCutShortIsAFailureOfTheStoreAndNotAChunk() {
        server.fault = exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
        };
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.getStored(ID, LIMIT));
    }

    @Test
    void aDeadServerIsUnavailable() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (HttpChunkStore dead = new HttpChunkStore(URI.create("http://127.0.0.1:" + port + "/"), QUICK)) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> dead.getStored(ID, LIMIT))
                    .withMessageContaining("127.0.0.1:" + port);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://user:hidden@host/", "http://host/?q", "http://host/#f", "http:///x", "ftp://host/", ""})
    void refusesOtherUrlsAndShowsNoCredentials(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Stores.open(url))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hidden"));
    }

    @Test
    void opensStoresByTheirLocation() {
        assertThat(Stores.open("https://host/a/b").name()).isEqualTo("https://host/a/b/");
        assertThat(Stores.open("file:///tmp/x").name()).isEqualTo("/tmp/x");
        assertThat(Stores.open("some/folder").name()).isEqualTo("some/folder");
    }
}
