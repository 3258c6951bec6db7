package org.vsekai.nebula.stores.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkStoreContract;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.stores.url.StoreUrls;

/** The store behind HTTP against a real web server. */
class HttpStoresIT {
    private static final HttpStoreOptions OPTIONS = new HttpStoreOptions(
            null,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            1,
            2,
            Duration.ofMillis(20));
    private static final AtomicInteger STORES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static NginxServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = new NginxServer(folder);
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private static WritableStore open(String scheme, int port, Map<String, String> environment) {
        return new StoreUrls(OPTIONS, environment)
                .openWritable("%s://127.0.0.1:%d/store-%d/".formatted(scheme, port, STORES.incrementAndGet()));
    }

    /** nginx puts every form of a chunk in the place of the one before. */
    abstract static class OverAWebServer extends ChunkStoreContract {
        private WritableStore store;

        abstract WritableStore open();

        @BeforeEach
        void openStore() {
            store = open();
        }

        @AfterEach
        void closeStore() {
            store.close();
        }

        @Override
        protected WritableStore store() {
            return store;
        }

        @Override
        protected boolean keepsTheFirst() {
            return false;
        }
    }

    @Nested
    class Plain extends OverAWebServer {
        @Override
        WritableStore open() {
            return HttpStoresIT.open("http", server.port, Map.of());
        }
    }

    @Nested
    class Secured extends OverAWebServer {
        @Override
        WritableStore open() {
            return trusting();
        }

        @Test
        void speaksHttp2() throws Exception {
            Sample sample = Sample.of(50, 5000);
            int before = server.answered().size();
            assertThat(store().put(sample.id(), sample.stored())).isTrue();
            assertThat(store().getStored(sample.id(), LIMIT)).isEqualTo(sample.stored());
            assertThat(store().has(sample.id())).isTrue();
            assertThat(server.answered().subList(before, server.answered().size()))
                    .containsExactly("HTTP/2.0 PUT 201", "HTTP/2.0 GET 200", "HTTP/2.0 HEAD 200");
        }
    }

    private static WritableStore trusting() {
        return open(
                "https",
                server.tlsPort,
                Map.of("SSL_CERT_FILE", server.authority().toString()));
    }

    @Test
    void serverOfAnUnknownAuthorityIsNotTrusted() {
        ChunkId any = ChunkStoreContract.Sample.of(1, 10).id();
        try (WritableStore store = open("https", server.tlsPort, Map.of())) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> store.has(any))
                    .withMessageContaining("SSLHandshakeException");
        }
    }

    @Test
    void fileWithoutCertificatesIsRefused() throws Exception {
        Path none = Files.writeString(folder.resolve("none.pem"), "");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> open("https", server.tlsPort, Map.of("SSL_CERT_FILE", none.toString()))
                        .close())
                .withMessageContaining(none.toString());
    }
}
