package org.vsekai.nebula.kit.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.infinispan.client.hotrod.DataFormat;
import org.infinispan.client.hotrod.RemoteCache;
import org.infinispan.client.hotrod.RemoteCacheManager;
import org.infinispan.client.hotrod.configuration.ConfigurationBuilder;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.commons.marshall.IdentityMarshaller;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.parts.EmbeddedInfinispan;

/** A shared cache of one node for a Quarkus test; one node serves the whole test JVM and ends with it. */
public final class NebulaCache implements QuarkusTestResourceLifecycleManager {
    private static @Nullable EmbeddedInfinispan node;

    /** The node of this JVM, started at first use, and again if a test has ended it. */
    public static synchronized EmbeddedInfinispan node() {
        if (node == null) {
            node = EmbeddedInfinispan.start();
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop-infinispan"));
        }
        return node;
    }

    /** Stops the node's process where it stands, so that its sockets are open and nobody answers. */
    public static void suspend() {
        signal("-STOP");
    }

    public static void resume() {
        signal("-CONT");
    }

    /** What a cache holds under a key, encoded; null for nothing. */
    public static byte @Nullable [] get(String cache, String key) {
        try (RemoteCacheManager client = client()) {
            return open(client, cache).get(key.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Puts bytes into a cache, sound or not. */
    public static void put(String cache, String key, byte[] encoded) {
        try (RemoteCacheManager client = client()) {
            open(client, cache).put(key.getBytes(StandardCharsets.UTF_8), encoded);
        }
    }

    private static RemoteCache<byte[], byte[]> open(RemoteCacheManager client, String cache) {
        return client.<byte[], byte[]>getCache(cache)
                .withDataFormat(DataFormat.builder()
                        .keyType(MediaType.APPLICATION_OCTET_STREAM)
                        .keyMarshaller(IdentityMarshaller.INSTANCE)
                        .valueType(MediaType.APPLICATION_PROTOSTREAM)
                        .valueMarshaller(IdentityMarshaller.INSTANCE)
                        .build());
    }

    private static RemoteCacheManager client() {
        ConfigurationBuilder builder = new ConfigurationBuilder();
        builder.addServers(node().hosts());
        builder.security()
                .authentication()
                .saslMechanism("SCRAM-SHA-256")
                .username(node().user())
                .password(node().password());
        return new RemoteCacheManager(builder.build());
    }

    private static void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", signal, Long.toString(node().pid(0)))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill " + signal + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        EmbeddedInfinispan cache = node();
        cache.restart(0);
        return Map.of(
                "nebula.cache.hosts", cache.hosts(),
                "nebula.cache.user", cache.user(),
                "nebula.cache.password", cache.password(),
                "nebula.cache.retry-pause", "200ms",
                // A node that shares a busy machine with the tests may need longer than one of its own.
                "nebula.cache.timeout", "250ms");
    }

    @Override
    public void stop() {
        // The next test class of this JVM goes on with the same node.
    }
}
