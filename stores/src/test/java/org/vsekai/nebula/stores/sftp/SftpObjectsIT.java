package org.vsekai.nebula.stores.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import org.vsekai.nebula.casync.PeerTool;
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

class SftpObjectsIT extends ObjectStoreContract {
    private static final AtomicInteger FOLDERS = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static SftpServer server;

    private final String below = "run" + FOLDERS.incrementAndGet();
    private SftpObjects store;

    @BeforeAll
    static void startServer() throws Exception {
        server = new SftpServer(folder);
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        Files.createDirectory(server.data().resolve(below));
        store = new SftpObjects(server.options(below).bounded(Duration.ofSeconds(5), 3));
    }

    @AfterEach
    void close() {
        store.close();
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

    private SftpObjects with(String name, String value) {
        Map<String, String> environment = new HashMap<>(server.environment());
        environment.put(name, value);
        return new SftpObjects(server.options(below, server.port(), environment).bounded(Duration.ofSeconds(5), 1));
    }

    /** By way of a line that can be made to fail, without a second attempt. */
    private SftpObjects over(Relay relay) throws IOException {
        server.know(relay.port());
        return new SftpObjects(
                server.options(below, relay.port(), server.environment()).bounded(Duration.ofSeconds(2), 1));
    }

    @Test
    void serverWithAnotherKeyIsNotTrusted() throws IOException {
        Path empty = Files.createTempFile(folder, "known", "");
        Path other = Files.createTempFile(folder, "known", "");
        Files.writeString(
                other,
                "[127.0.0.1]:" + server.port() + " "
                        + Files.readString(server.file("stranger.pub")).replaceFirst("^(\\S+ \\S+).*", "$1"));
        for (Path known : new Path[] {empty, other, folder.resolve("no-such-file")}) {
            try (SftpObjects distrusted = with("SFTP_KNOWN_HOSTS", known.toString())) {
                assertThatExceptionOfType(StoreUnavailableException.class)
                        .isThrownBy(() -> distrusted.find("a"))
                        .withMessageContaining("host key SHA256:")
                        .withMessageContaining(known.toString());
            }
        }
    }

    @Test
    void strangerIsNotLetIn() {
        try (SftpObjects refused = with("SFTP_KEY", server.file("stranger").toString())) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> refused.find("a"))
                    .withMessageContaining("is not let in");
        }
    }

    @Test
    void agentLetsIn() throws Exception {
        PeerTool agent = PeerTool.find("ssh-agent");
        Path socket = folder.resolve("agent.sock");
        Process running = agent.start(folder, "-D", "-a", socket);
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!Files.exists(socket) && System.nanoTime() < deadline) {
                assertThat(running.waitFor(20, TimeUnit.MILLISECONDS)).isFalse();
            }
            PeerTool env = PeerTool.find("env");
            env.succeed(folder, "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", server.file("user"));
            Map<String, String> environment = Map.of(
                    "SFTP_KNOWN_HOSTS", server.environment().get("SFTP_KNOWN_HOSTS"),
                    "SFTP_KEY", server.file("stranger").toString(),
                    "SSH_AUTH_SOCK", socket.toString());
            try (SftpObjects letIn = new SftpObjects(server.options(below, server.port(), environment))) {
                assertThat(letIn.find("a")).isEmpty();
            }
        } finally {
            running.destroy();
        }
    }

    @Test
    void folderThatIsAwayIsNotAnEmptyOneUntilTheFirstPut() {
        try (SftpObjects away = new SftpObjects(server.options(below + "/deep/away"))) {
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> away.find("a"));
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> away.open("a").close());
            away.put("b/c", ObjectContent.of(noise(1, 10)));
            assertThat(away.find("b/c")).isPresent();
            assertThat(away.find("a")).isEmpty();
        }
    }

    @Test
    void interruptedUploadGoesOnWhereItEnded() throws IOException {
        byte[] content = noise(1, 18 << 20);
        try (Relay relay = new Relay(server.port());
                SftpObjects far = over(relay)) {
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
    void removalThatIsNotAnsweredIsGivenUpInItsTimeAndNotRepeated() throws IOException {
        store.put("a", ObjectContent.of(noise(6, 1000)));
        try (Relay relay = new Relay(server.port());
                SftpObjects far = patientOver(relay)) {
            assertThat(far.find("a")).isPresent();
            relay.stallAfterUp(0);
            long began = System.nanoTime();
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> far.removeWithin("a", Duration.ofSeconds(1)));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(store.find("a")).isPresent();
    }

    private SftpObjects patientOver(Relay relay) throws IOException {
        server.know(relay.port());
        return new SftpObjects(
                server.options(below, relay.port(), server.environment()).bounded(Duration.ofSeconds(20), 4));
    }

    @Test
    void beginningsOfOtherContentAreNotTakenAndCanBePruned() throws IOException {
        byte[] content = noise(1, 12 << 20);
        try (Relay relay = new Relay(server.port());
                SftpObjects far = over(relay)) {
            relay.cutAfterUp(8 << 20);
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> far.put("large", ObjectContent.of(noise(2, 12 << 20))));
        }
        store.put("large", ObjectContent.of(content));
        try (ObjectStream stream = store.open("large")) {
            assertThat(stream.readAllBytes()).isEqualTo(content);
        }
        assertThat(store.pruneTemporaries(Instant.now().minusSeconds(1000))).isZero();
        assertThat(store.pruneTemporaries(Instant.now().plusSeconds(1000))).isEqualTo(1);
        try (Stream<Path> left = Files.list(server.data().resolve(below))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("large");
        }
    }

    @Test
    void serverKilledInTheMiddleOfAPutHasNothingAndTakesItLater() throws Exception {
        store.put("other", ObjectContent.of(noise(3, 1000)));
        try (Relay relay = new Relay(server.port());
                SftpObjects far = over(relay)) {
            relay.stallAfterUp(2 << 20);
            CompletableFuture<Boolean> put =
                    CompletableFuture.supplyAsync(() -> far.putIfAbsent("killed", ObjectContent.of(noise(4, 8 << 20))));
            relay.awaitLimit();
            server.kill();
            relay.close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> put.get(60, TimeUnit.SECONDS))
                    .withCauseInstanceOf(StoreUnavailableException.class);
        }
        server.start();
        // The connection that was kept died with the server; this is over another one.
        assertThat(store.find("killed")).isEmpty();
        try (Stream<StoredObject> objects = store.list("")) {
            assertThat(objects.map(StoredObject::path)).containsExactly("other");
        }
        assertThat(store.putIfAbsent("killed", ObjectContent.of(noise(4, 8 << 20))))
                .isTrue();
    }

    @Test
    void bodyThatBreaksOffOrStandsStillIsAnErrorInBoundedTime() throws IOException {
        store.put("a", ObjectContent.of(noise(5, 3 << 20)));
        try (Relay relay = new Relay(server.port());
                SftpObjects far = over(relay)) {
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
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> far.find("a"));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
        }
    }

    @Test
    void fileThatShrinksWhileItIsReadIsAnError() throws IOException {
        store.put("a", ObjectContent.of(noise(6, 3 << 20)));
        try (ObjectStream stream = store.open("a")) {
            assertThat(stream.readNBytes(1000)).hasSize(1000);
            Files.write(server.data().resolve(below).resolve("a"), new byte[2000]);
            assertThatExceptionOfType(IOException.class).isThrownBy(stream::readAllBytes);
        }
    }

    @Test
    void desyncAndWeShareAServerByTheSameUrl(@TempDir Path work) throws Exception {
        // desync runs ssh, which has to be told about our keys, and the port, since desync takes it for a part of the
        // name.
        Path ssh = work.resolve("ssh");
        Files.writeString(
                ssh,
                "#!/bin/sh\nexec ssh -F none -o BatchMode=yes -o UserKnownHostsFile='%s' -i '%s' -p %d \"$@\"\n"
                        .formatted(server.file("known_hosts"), server.file("user"), server.port()));
        assertThat(ssh.toFile().setExecutable(true)).isTrue();
        for (String store : new String[] {"ours", "theirs"}) {
            Files.createDirectory(server.data().resolve(below).resolve(store));
        }
        Map<String, String> environment = new HashMap<>(server.environment());
        environment.put("CASYNC_SSH_PATH", ssh.toString());
        String url = "sftp://%s@127.0.0.1:%d%s/"
                .formatted(
                        System.getProperty("user.name"),
                        server.port(),
                        server.data().resolve(below));
        new DesyncStores(work, environment)
                .exchange(url + "ours", url + "theirs", same -> same.replace(":" + server.port(), ""));
    }
}
