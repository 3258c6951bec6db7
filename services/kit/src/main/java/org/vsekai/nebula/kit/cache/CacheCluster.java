package org.vsekai.nebula.kit.cache;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.infinispan.client.hotrod.DataFormat;
import org.infinispan.client.hotrod.Flag;
import org.infinispan.client.hotrod.MetadataValue;
import org.infinispan.client.hotrod.RemoteCache;
import org.infinispan.client.hotrod.RemoteCacheManager;
import org.infinispan.client.hotrod.configuration.Configuration;
import org.infinispan.client.hotrod.configuration.ConfigurationBuilder;
import org.infinispan.client.hotrod.exceptions.HotRodClientException;
import org.infinispan.commons.configuration.StringConfiguration;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.commons.marshall.IdentityMarshaller;
import org.infinispan.protostream.GeneratedSchema;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The line to the cluster.
 *
 * <p><b>Connecting</b> is done by a thread of its own, again and again until it works, so a service starts whether or not the cluster
 * is there. The same thread finds out whether a cluster that failed answers again, and makes caches that are missing, for one
 * that comes back may have forgotten everything. No request does any of it.
 *
 * <p><b>Calls</b> fail with {@link CacheUnavailableException}: at once while there is no connection, while the {@link Breaker} is
 * open or when too many are on their way, and otherwise after a time-out. So a hanging cluster costs a few requests the time-out
 * and the others nothing.
 *
 * <p>The manager is built here and not by the Quarkus extension, whose own connects when the program starts and fails it when
 * nobody answers. The extension is there for what it does at build time, above all for native images. Thread-safe.
 */
@ApplicationScoped
class CacheCluster {
    private static final Logger LOG = Logger.getLogger(CacheCluster.class);
    private static final byte[] PROBE = "probe".getBytes(StandardCharsets.US_ASCII);
    private static final DataFormat BYTES = DataFormat.builder()
            .keyType(MediaType.APPLICATION_OCTET_STREAM)
            .keyMarshaller(IdentityMarshaller.INSTANCE)
            .valueType(MediaType.APPLICATION_OCTET_STREAM)
            .valueMarshaller(IdentityMarshaller.INSTANCE)
            .build();
    private static final DataFormat PROTOBUF = DataFormat.builder()
            .keyType(MediaType.APPLICATION_OCTET_STREAM)
            .keyMarshaller(IdentityMarshaller.INSTANCE)
            .valueType(MediaType.APPLICATION_PROTOSTREAM)
            .valueMarshaller(IdentityMarshaller.INSTANCE)
            .build();

    /** What a cache may take up of each node's memory, and the lifespan of an entry that is put without one. */
    record Bounds(long nodeBytes, Duration lifespan) {}

    /** A cache to have in the cluster. */
    sealed interface Wanted {
        String name();

        /** Of protobuf messages, of which the least used go when there are too many. */
        record Messages(String name, GeneratedSchema schema, Bounds bounds) implements Wanted {}

        /** Of bytes, of which nothing goes before its time. */
        record State(String name, Duration lifespan) implements Wanted {}
    }

    private final CacheConfig config;
    private final Breaker breaker;
    private final InFlight inFlight;
    private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();
    private final Map<String, RemoteCache<byte[], byte[]>> caches = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Thread keeper;
    private @Nullable RemoteCacheManager manager;
    private volatile String reason;

    CacheCluster(CacheConfig config, MeterRegistry metrics) {
        if (config.maxInFlight() < 1) {
            throw new IllegalArgumentException(
                    "nebula.cache.max-in-flight must be at least 1, not " + config.maxInFlight());
        }
        this.config = config;
        this.reason = config.hosts().isPresent() ? "it has not answered yet" : "none is configured";
        this.breaker = new Breaker(config.maxFailures());
        this.inFlight = new InFlight(config.maxInFlight());
        Gauge.builder(
                        "nebula.cache.degraded",
                        this,
                        cluster -> cluster.findReason().isPresent() ? 1 : 0)
                .description("1 while a shared cache is configured and does not answer")
                .register(metrics);
    }

    void onStart(@Observes StartupEvent event) {
        if (isConfigured()) {
            // What makes no sense must end the start, not each attempt.
            Configuration client = clientConfiguration();
            keeper = Thread.ofPlatform().name("nebula-cache").daemon().start(() -> keep(client));
        }
    }

    void onStop(@Observes ShutdownEvent event) throws InterruptedException {
        stopped.countDown();
        if (keeper != null) {
            keeper.interrupt();
            keeper.join(config.connectTimeout().toMillis());
        }
    }

    boolean isConfigured() {
        return config.hosts().isPresent();
    }

    /** Why the cluster is not used at the moment; empty if it is, or if there is none to use. */
    Optional<String> findReason() {
        return isConfigured() && !wanted.isEmpty() && breaker.isOpen() ? Optional.of(reason) : Optional.empty();
    }

    /** Has the cache made as soon as the cluster answers. */
    void want(Wanted cache) {
        wanted.put(cache.name(), cache);
    }

    Uni<Optional<byte[]>> find(String cache, byte[] key, Duration patience) {
        return call(cache, patience, remote -> remote.getAsync(key)).map(Optional::ofNullable);
    }

    Uni<Optional<MetadataValue<byte[]>>> findVersioned(String cache, byte[] key, Duration patience) {
        return call(cache, patience, remote -> remote.getWithMetadataAsync(key)).map(Optional::ofNullable);
    }

    /** False if there is something already. */
    Uni<Boolean> putIfAbsent(String cache, byte[] key, byte[] value, Duration lifespan, Duration patience) {
        return call(cache, patience, remote -> remote.withFlags(Flag.FORCE_RETURN_VALUE)
                        .putIfAbsentAsync(key, value, lifespan.toMillis(), TimeUnit.MILLISECONDS))
                .map(Optional::ofNullable)
                .map(Optional::isEmpty);
    }

    /** False if what is there is not of this version. */
    Uni<Boolean> replaceIf(String cache, byte[] key, byte[] value, long version, Duration lifespan, Duration patience) {
        return call(
                cache,
                patience,
                remote -> remote.replaceWithVersionAsync(
                        key, value, version, lifespan.toMillis(), TimeUnit.MILLISECONDS, 0, TimeUnit.MILLISECONDS));
    }

    Uni<Void> put(String cache, byte[] key, byte[] value, Duration lifespan, Duration patience) {
        return call(cache, patience, remote -> remote.putAsync(key, value, lifespan.toMillis(), TimeUnit.MILLISECONDS))
                .replaceWithVoid();
    }

    Uni<Void> remove(String cache, byte[] key, Duration patience) {
        return call(cache, patience, remote -> remote.removeAsync(key)).replaceWithVoid();
    }

    /** @param patience how long the caller waits; the call itself may go on */
    private <T extends @Nullable Object> Uni<T> call(
            String cache, Duration patience, Function<RemoteCache<byte[], byte[]>, CompletableFuture<T>> operation) {
        return Uni.createFrom().deferred(() -> {
            RemoteCache<byte[], byte[]> remote = caches.get(cache);
            if (remote == null || breaker.isOpen()) {
                return Uni.createFrom().failure(() -> new CacheUnavailableException(reason, null));
            }
            Optional<CompletableFuture<T>> answer;
            try {
                answer = inFlight.begin(() -> operation.apply(remote));
            } catch (RuntimeException e) {
                return Uni.createFrom().failure(failed(e, patience));
            }
            if (answer.isEmpty()) {
                return Uni.createFrom()
                        .failure(() -> new CacheUnavailableException("too many calls wait for it", null));
            }
            return Uni.createFrom()
                    .completionStage(answer.get())
                    .ifNoItem()
                    .after(patience)
                    .fail()
                    .onItem()
                    .invoke(breaker::succeeded)
                    .onFailure()
                    .transform(failure -> failed(failure, patience));
        });
    }

    private CacheUnavailableException failed(Throwable failure, Duration patience) {
        String said = failure instanceof TimeoutException
                ? "no answer within " + patience.toMillis() + " ms"
                : failure.getClass().getSimpleName() + ", " + failure.getMessage();
        if (breaker.failed()) {
            reason = said;
            LOG.warnf("The shared cache is left alone until it answers again: %s", said);
        }
        return new CacheUnavailableException(said, failure);
    }

    private void keep(Configuration client) {
        try {
            do {
                // A manager starts without asking anybody, so that there is nothing to find out before a cache is
                // wanted.
                if (!wanted.isEmpty() && (breaker.isOpen() || caches.size() < wanted.size())) {
                    tryToUse(client);
                }
            } while (!stopped.await(config.retryPause().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            // The service stops.
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private void tryToUse(Configuration client) {
        boolean wasOpen = breaker.isOpen();
        try {
            RemoteCacheManager connected = manager;
            if (connected == null) {
                connected = new RemoteCacheManager(client, false);
                manager = connected;
            }
            if (!connected.isStarted()) {
                connected.start();
            }
            for (Wanted cache : List.copyOf(wanted.values())) {
                RemoteCache<byte[], byte[]> remote = ensure(connected, cache);
                byte[] unused = remote.get(PROBE);
                caches.put(cache.name(), remote);
            }
            breaker.close();
            if (wasOpen) {
                LOG.infof("The shared cache at %s is in use", config.hosts().orElse(List.of()));
            }
        } catch (RuntimeException e) {
            // Whatever it is, the next attempt may go better, and the service works without.
            String said = e.getClass().getSimpleName() + ", " + e.getMessage();
            if (!said.equals(reason)) {
                LOG.warnf(
                        "The shared cache cannot be used, and is tried again every %s: %s", config.retryPause(), said);
            }
            reason = said;
            breaker.open();
            // A manager that failed to start does not start again.
            disconnect();
        }
    }

    private void disconnect() {
        caches.clear();
        RemoteCacheManager connected = manager;
        manager = null;
        if (connected != null) {
            try {
                connected.stop();
            } catch (HotRodClientException | IllegalStateException e) {
                LOG.debugf(e, "The line to the shared cache was gone before it was closed");
            }
        }
    }

    private RemoteCache<byte[], byte[]> ensure(RemoteCacheManager connected, Wanted cache) {
        RemoteCache<byte[], byte[]> remote = connected.getCache(cache.name());
        if (remote == null) {
            if (cache instanceof Wanted.Messages messages) {
                // So that operators, too, can read what is in the cache.
                var unused = connected.administration().schemas().createOrUpdate(messages.schema());
            }
            remote = connected.administration().getOrCreateCache(cache.name(), definition(cache));
        }
        return remote.withDataFormat(
                switch (cache) {
                    case Wanted.Messages messages -> PROTOBUF;
                    case Wanted.State state -> BYTES;
                });
    }

    private StringConfiguration definition(Wanted cache) {
        return switch (cache) {
            case Wanted.Messages messages -> {
                String json = """
                        {"distributed-cache":{"mode":"SYNC","owners":"%d","statistics":true,
                         "encoding":{"key":{"media-type":"application/octet-stream"},
                                     "value":{"media-type":"application/x-protostream"}},
                         "memory":{"max-size":"%d","when-full":"REMOVE"},"expiration":{"lifespan":"%d"}}}""";
                Bounds bounds = messages.bounds();
                yield new StringConfiguration(String.format(
                        Locale.ROOT,
                        json,
                        config.owners(),
                        bounds.nodeBytes(),
                        bounds.lifespan().toMillis()));
            }
            case Wanted.State state -> {
                String json = """
                        {"distributed-cache":{"mode":"SYNC","owners":"%d","statistics":true,
                         "encoding":{"media-type":"application/octet-stream"},"expiration":{"lifespan":"%d"}}}""";
                yield new StringConfiguration(String.format(
                        Locale.ROOT, json, config.owners(), state.lifespan().toMillis()));
            }
        };
    }

    /** What applies to a cache of copies. */
    Bounds copies(Duration lifespan) {
        return new Bounds(config.nodeSize().asLongValue(), lifespan);
    }

    private Configuration clientConfiguration() {
        ConfigurationBuilder builder = new ConfigurationBuilder();
        builder.addServers(String.join(";", config.hosts().orElse(List.of())));
        int connectMillis = Math.toIntExact(config.connectTimeout().toMillis());
        builder.connectionTimeout(connectMillis)
                .socketTimeout(connectMillis)
                // A request has the source to turn to; a second node would cost it a second time-out.
                .maxRetries(0)
                .disableTracingPropagation();
        builder.marshaller(IdentityMarshaller.INSTANCE);
        config.user().ifPresent(user -> builder.security()
                .authentication()
                .enable()
                .saslMechanism(config.saslMechanism())
                .username(user)
                .password(config.password().orElse("")));
        if (config.tls()) {
            builder.security().ssl().enable();
            config.trustStore().ifPresent(file -> builder.security()
                    .ssl()
                    .trustStoreFileName(file.toString())
                    .trustStoreType("PKCS12")
                    .trustStorePassword(config.trustStorePassword().orElse("").toCharArray()));
        }
        return builder.build();
    }
}
