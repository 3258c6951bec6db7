package org.vsekai.nebula.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.infinispan.client.hotrod.RemoteCache;
import org.infinispan.client.hotrod.RemoteCacheManager;
import org.infinispan.client.hotrod.configuration.ConfigurationBuilder;
import org.infinispan.client.hotrod.exceptions.HotRodClientException;
import org.infinispan.commons.configuration.StringConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedInfinispanIT {
    private static final StringConfiguration TWO_OWNERS = new StringConfiguration(
            "{\"distributed-cache\":{\"mode\":\"SYNC\",\"owners\":2,\"encoding\":{\"media-type\":\"application/x-protostream\"}}}");
    private static final int ENTRIES = 500;

    @TempDir
    Path temporary;

    @Test
    void entriesWithTwoOwnersOutliveAKilledNodeAndItsPlaceIsTakenAgain() {
        try (EmbeddedInfinispan nodes =
                        EmbeddedInfinispan.builder().nodes(3).folder(temporary).start();
                RemoteCacheManager client = connect(nodes, nodes.password())) {
            RemoteCache<String, String> cache = client.administration().getOrCreateCache("entries", TWO_OWNERS);
            for (int i = 0; i < ENTRIES; i++) {
                cache.put("key-" + i, "value-" + i);
            }

            nodes.kill(1);

            assertThat(nodes.isRunning(1)).isFalse();
            assertAllThere(cache);
            nodes.restart(1);
            try (RemoteCacheManager returned = connect(nodes.hosts().split(",")[1], nodes.user(), nodes.password())) {
                assertAllThere(returned.getCache("entries"));
            }
        }
    }

    @Test
    void passwordsAreChecked() {
        try (EmbeddedInfinispan nodes = EmbeddedInfinispan.start()) {
            assertThatExceptionOfType(HotRodClientException.class).isThrownBy(() -> {
                try (RemoteCacheManager client = connect(nodes, "wrong")) {
                    client.getCacheNames();
                }
            });
        }
    }

    @Test
    void aNodeEndsWithAKilledOwner() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        temporary.toString())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("owner.log").toFile())
                .start();
        Path ready = temporary.resolve("ready");
        eventually(() -> Files.exists(ready) || !owner.isAlive());
        assertThat(ready)
                .as(() -> "log of the owner: " + temporary.resolve("owner.log"))
                .exists();
        long node = Long.parseLong(Files.readString(ready));
        assertThat(ProcessHandle.of(node)).isPresent();

        owner.destroyForcibly().waitFor();

        eventually(() -> ProcessHandle.of(node).filter(ProcessHandle::isAlive).isEmpty());
        try (EmbeddedInfinispan again =
                EmbeddedInfinispan.builder().folder(temporary.resolve("cache")).start()) {
            assertThat(again.isRunning()).isTrue();
        }
    }

    @Test
    void aFolderInUseIsRefused() {
        try (EmbeddedInfinispan owner =
                EmbeddedInfinispan.builder().folder(temporary).start()) {
            assertThat(owner.isRunning()).isTrue();
            assertThatExceptionOfType(PartException.class)
                    .isThrownBy(
                            () -> EmbeddedInfinispan.builder().folder(temporary).start())
                    .withMessageContaining("in use");
        }
    }

    /** Starts a node and then waits to be killed. */
    static final class Owner {
        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            EmbeddedInfinispan cache =
                    EmbeddedInfinispan.builder().folder(folder.resolve("cache")).start();
            Path fresh = Files.writeString(folder.resolve("ready.new"), Long.toString(cache.pid(0)));
            Files.move(fresh, folder.resolve("ready"));
            Thread.currentThread().join();
        }
    }

    private static void assertAllThere(RemoteCache<String, String> cache) {
        for (int i = 0; i < ENTRIES; i++) {
            assertThat(cache.get("key-" + i)).as("key-%d", i).isEqualTo("value-" + i);
        }
    }

    private static RemoteCacheManager connect(EmbeddedInfinispan nodes, String password) {
        return connect(nodes.hosts(), nodes.user(), password);
    }

    private static RemoteCacheManager connect(String hosts, String user, String password) {
        ConfigurationBuilder builder = new ConfigurationBuilder();
        builder.addServers(hosts.replace(',', ';'));
        builder.security()
                .authentication()
                .saslMechanism("SCRAM-SHA-256")
                .username(user)
                .password(password);
        return new RemoteCacheManager(builder.build());
    }

    private static void eventually(BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("gave up waiting").isLessThan(deadlineNanos);
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
