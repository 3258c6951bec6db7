package org.vsekai.nebula.kit.cache;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Entries that are in the cluster and nowhere else: they may be replaced, and go when their time is over, when the cluster needs
 * their room or when it ends. Every call fails with {@link CacheUnavailableException} while the cluster does not answer; whether a
 * change that failed so was made is not known. Thread-safe.
 */
public final class TransientCache<V> {
    private final CacheKind<V> kind;
    private final CacheCluster cluster;
    private final Encoding<V> encoding;
    private final Vertx vertx;
    private final Duration patience;

    TransientCache(CacheKind<V> kind, CacheCluster cluster, Vertx vertx, Duration patience) {
        this.kind = kind;
        this.cluster = cluster;
        this.encoding = new Encoding<>(kind.type(), kind.schema());
        this.vertx = vertx;
        this.patience = patience;
    }

    /** The entry under a key; empty if there is none, or none that can be read. */
    public Uni<Optional<V>> find(String key) {
        return onCaller(() -> cluster.find(kind.name(), bytes(key), patience)
                .map(found -> found.map(encoding::decode))
                .onFailure(CorruptValueException.class)
                .recoverWithItem(Optional.empty()));
    }

    /** Puts an entry in the place of what is there. */
    public Uni<Void> put(String key, V value, Duration lifespan) {
        return onCaller(() -> cluster.put(kind.name(), bytes(key), encoding.encode(value), lifespan, patience));
    }

    /** Removes an entry; none that is there is fine. */
    public Uni<Void> remove(String key) {
        return onCaller(() -> cluster.remove(kind.name(), bytes(key), patience));
    }

    private <T> Uni<T> onCaller(Supplier<Uni<T>> call) {
        return Uni.createFrom().deferred(() -> {
            Context caller = vertx.getOrCreateContext();
            return call.get().emitOn(task -> caller.runOnContext(ignored -> task.run()));
        });
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
