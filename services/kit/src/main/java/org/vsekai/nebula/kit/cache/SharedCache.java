package org.vsekai.nebula.kit.cache;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Copies of immutable values: those used lately in this process's memory, all in the cluster.
 *
 * <p>A value never changes under its key, so memory needs no word from the cluster when one does, and is of use while the cluster is
 * away. Of calls that want the same absent value at the same time one fetches it and the others wait for that. Whatever goes
 * wrong on the way to the cluster leads to the source, within the time-out; only the source's failures are seen. Thread-safe.
 *
 * @param <V> immutable
 */
public final class SharedCache<V> {
    private static final Logger LOG = Logger.getLogger(SharedCache.class);
    /** What an entry in memory needs beside the encoded size: objects, the cache's own links. */
    private static final int ENTRY_BYTES = 400;

    private record Copy<V>(V value, int bytes) {}

    private final CacheKind<V> kind;
    private final CacheCluster cluster;
    private final Encoding<V> encoding;
    private final Vertx vertx;
    private final Duration timeout;
    private final int maxValueBytes;
    private final AsyncCache<String, Copy<V>> near;
    private final MeterRegistry metrics;

    SharedCache(CacheKind<V> kind, CacheCluster cluster, CacheConfig config, Vertx vertx, MeterRegistry metrics) {
        this.kind = kind;
        this.cluster = cluster;
        this.encoding = new Encoding<>(kind.type(), kind.schema());
        this.vertx = vertx;
        this.metrics = metrics;
        this.timeout = config.timeout();
        this.maxValueBytes = Math.toIntExact(config.maxValueSize().asLongValue());
        this.near = Caffeine.newBuilder()
                .maximumWeight(config.nearSize().asLongValue())
                .<String, Copy<V>>weigher((key, copy) -> copy.bytes() + 2 * key.length() + ENTRY_BYTES)
                .expireAfterWrite(kind.lifespan())
                .buildAsync();
    }

    /**
     * The value under a key: a copy of it, or else what the source says, of which copies are then kept.
     *
     * @param key says all that the value depends on; at most 512 characters
     * @param source called when there is no copy; what it fails with is the answer, and is not kept
     */
    public Uni<V> get(String key, Supplier<Uni<V>> source) {
        if (key.length() > 512) {
            throw new IllegalArgumentException("a key has at most 512 characters, not " + key.length());
        }
        return Uni.createFrom().deferred(() -> {
            Context caller = vertx.getOrCreateContext();
            CompletableFuture<Copy<V>> known = near.getIfPresent(key);
            if (known != null) {
                count("near");
            }
            CompletableFuture<Copy<V>> copy =
                    known != null ? known : near.get(key, (absent, threads) -> load(key, source));
            return Recent.onCaller(caller, copy).map(Copy::value);
        });
    }

    private CompletableFuture<Copy<V>> load(String key, Supplier<Uni<V>> source) {
        byte[] encodedKey = key.getBytes(StandardCharsets.UTF_8);
        return findInCluster(encodedKey)
                .flatMap(found -> found.map(copy -> Uni.createFrom().item(copy))
                        .orElseGet(() -> source.get().map(value -> keep(encodedKey, value))))
                .subscribeAsCompletionStage();
    }

    private Uni<Optional<Copy<V>>> findInCluster(byte[] key) {
        if (!cluster.isConfigured()) {
            count("source");
            return Uni.createFrom().item(Optional.empty());
        }
        return cluster.find(kind.name(), key, timeout)
                .map(found -> {
                    Optional<Copy<V>> copy = found.map(bytes -> new Copy<>(encoding.decode(bytes), bytes.length));
                    count(copy.isPresent() ? "hit" : "miss");
                    return copy;
                })
                .onFailure(CacheUnavailableException.class)
                .recoverWithItem(() -> {
                    count("unavailable");
                    return Optional.empty();
                })
                .onFailure(CorruptValueException.class)
                .recoverWithItem(failure -> {
                    count("corrupt");
                    LOG.warnf("A value of the shared cache %s is passed over: %s", kind.name(), failure.getMessage());
                    return Optional.empty();
                });
    }

    private Copy<V> keep(byte[] key, V value) {
        byte[] bytes = encoding.encode(value);
        if (bytes.length <= maxValueBytes && cluster.isConfigured()) {
            // Nobody waits for it; a failure has been counted and is made good by the next who finds nothing.
            cluster.put(kind.name(), key, bytes, kind.lifespan(), timeout)
                    .subscribe()
                    .with(ignored -> {}, failure -> count("unwritten"));
        }
        return new Copy<>(value, bytes.length);
    }

    private void count(String result) {
        Counter.builder("nebula.cache.requests")
                .description("Looks for a copy, by what came of them")
                .tag("cache", kind.name())
                .tag("result", result)
                .register(metrics)
                .increment();
    }
}
