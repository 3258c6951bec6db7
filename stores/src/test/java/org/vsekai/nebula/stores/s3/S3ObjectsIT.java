package org.vsekai.nebula.stores.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.store.ManagedStore;
import org.vsekai.nebula.casync.store.ManagedStoreContract;
import org.vsekai.nebula.stores.DesyncStores;
import org.vsekai.nebula.stores.ObjectChunkStore;
import org.vsekai.nebula.stores.ObjectContent;
import org.vsekai.nebula.stores.ObjectStore;
import org.vsekai.nebula.stores.ObjectStoreContract;
import org.vsekai.nebula.stores.ObjectStream;
import org.vsekai.nebula.stores.Relay;
import org.vsekai.nebula.stores.StoredObject;

class S3ObjectsIT extends ObjectStoreContract {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static S3Server server;

    private final String prefix = "run/" + PREFIXES.incrementAndGet();
    private S3Objects store;

    @BeforeAll
    static void startServer() throws Exception {
        server = new S3Server(folder);
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() {
        store = new S3Objects(bounded(server.options(prefix), 4), S3Server.ENVIRONMENT);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static S3Options bounded(S3Options options, int attempts) {
        return options.bounded(Duration.ofSeconds(2), Duration.ofSeconds(20), attempts, S3Options.MIN_PART_BYTES);
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Nested
    class Chunks extends ManagedStoreContract {
        @Override
        protected ManagedStore store() {
            return new ObjectChunkStore(store, "chunks");
        }
    }

    @Test
    void wrongCredentialsAreToldAndNotShown() {
        Map<String, String> wrong = Map.of("S3_ACCESS_KEY", "nebula", "S3_SECRET_KEY", "a-wrong-secret");
        try (S3Objects refused = new S3Objects(server.options(prefix), wrong)) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> refused.open("a").close())
                    .withMessageContaining("403")
                    .withMessageContaining("check the credentials")
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("a-wrong-secret"));
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> refused.putIfAbsent("a", ObjectContent.of(new byte[1])))
                    .withMessageContaining("403");
        }
    }

    @Test
    void missingBucketIsNotAMissingObject() {
        S3Options elsewhere = new S3Options(
                "no-such-bucket",
                "",
                server.options("").endpoint(),
                "us-east-1",
                true,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                1,
                Duration.ofSeconds(20),
                1,
                S3Options.MIN_PART_BYTES);
        try (S3Objects missing = new S3Objects(elsewhere, S3Server.ENVIRONMENT)) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> missing.find("a"))
                    .withMessageContaining("no-such-bucket");
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> missing.open("a").close())
                    .withMessageContaining("no-such-bucket");
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> missing.put("a", ObjectContent.of(new byte[1])))
                    .withMessageContaining("no-such-bucket");
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> {
                        try (Stream<StoredObject> objects = missing.list("")) {
                            objects.forEach(object -> {});
                        }
                    })
                    .withMessageContaining("no-such-bucket");
        }
    }

    @Test
    void interruptedUploadGoesOnWhereItEnded() throws IOException {
        byte[] content = noise(1, 18 << 20);
        try (Relay relay = new Relay(server.port());
                S3Objects far = new S3Objects(bounded(server.options(prefix, relay.port()), 1), S3Server.ENVIRONMENT)) {
            relay.cutAfterUp(13 << 20);
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> far.putIfAbsent("large", ObjectContent.of(content)));
            assertThat(store.find("large")).isEmpty();

            relay.repair();
            long before = relay.up.get();
            assertThat(far.putIfAbsent("large", ObjectContent.of(content))).isTrue();
            assertThat(relay.up.get() - before).isLessThan(9 << 20);
        }
        try (ObjectStream stream = store.open("large")) {
            assertThat(stream.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void partsOfOtherContentAreNotTaken() throws IOException {
        byte[] content = noise(1, 12 << 20);
        try (Relay relay = new Relay(server.port());
                S3Objects far = new S3Objects(bounded(server.options(prefix, relay.port()), 1), S3Server.ENVIRONMENT)) {
            relay.cutAfterUp(8 << 20);
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> far.put("large", ObjectContent.of(noise(2, 12 << 20))));
        }
        store.put("large", ObjectContent.of(content));
        try (ObjectStream stream = store.open("large")) {
            assertThat(stream.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void serverKilledInTheMiddleOfAPutHasNothingAndTakesItLater() throws Exception {
        store.put("other", ObjectContent.of(noise(3, 1000)));
        try (Relay relay = new Relay(server.port());
                S3Objects far = new S3Objects(bounded(server.options(prefix, relay.port()), 1), S3Server.ENVIRONMENT)) {
            relay.stallAfterUp(2 << 20);
            CompletableFuture<Boolean> put =
                    CompletableFuture.supplyAsync(() -> far.putIfAbsent("killed", ObjectContent.of(noise(4, 4 << 20))));
            relay.awaitLimit();
            server.kill();
            relay.close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> put.get(60, TimeUnit.SECONDS))
                    .withCauseInstanceOf(StoreUnavailableException.class);
        }
        server.start();
        assertThat(store.find("killed")).isEmpty();
        try (Stream<StoredObject> objects = store.list("")) {
            assertThat(objects.map(StoredObject::path)).containsExactly("other");
        }
        assertThat(store.putIfAbsent("killed", ObjectContent.of(noise(4, 4 << 20))))
                .isTrue();
    }

    @Test
    void bodyThatBreaksOffOrStandsStillIsAnErrorInBoundedTime() throws IOException {
        store.put("a", ObjectContent.of(noise(5, 3 << 20)));
        try (Relay relay = new Relay(server.port());
                S3Objects far = new S3Objects(bounded(server.options(prefix, relay.port()), 1), S3Server.ENVIRONMENT)) {
            relay.cutAfterDown(1 << 20);
            try (ObjectStream stream = far.open("a")) {
                assertThatExceptionOfType(IOException.class).isThrownBy(stream::readAllBytes);
            }
            relay.repair();
            relay.stallAfterDown(1 << 20);
            long began = System.nanoTime();
            try (ObjectStream stream = far.open("a")) {
                assertThatExceptionOfType(IOException.class).isThrownBy(stream::readAllBytes);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> far.find("a"));
        }
    }

    @Test
    void desyncAndWeShareABucketByTheSameUrl(@TempDir Path work) throws Exception {
        String url = "s3+http://127.0.0.1:%d/%s/%s/".formatted(server.port(), S3Server.BUCKET, prefix);
        Map<String, String> environment = new HashMap<>(S3Server.ENVIRONMENT);
        environment.put("S3_REGION", "us-east-1");
        new DesyncStores(work, environment).exchange(url + "ours", url + "theirs", same -> same);
    }
}
