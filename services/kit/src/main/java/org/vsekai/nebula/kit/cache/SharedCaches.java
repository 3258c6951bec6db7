package org.vsekai.nebula.kit.cache;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Opens caches: of copies, and of entries that are nowhere else. Thread-safe. */
@ApplicationScoped
public class SharedCaches {
    private final CacheCluster cluster;
    private final CacheConfig config;
    private final Vertx vertx;
    private final MeterRegistry metrics;

    SharedCaches(CacheCluster cluster, CacheConfig config, Vertx vertx, MeterRegistry metrics) {
        this.cluster = cluster;
        this.config = config;
        this.vertx = vertx;
        this.metrics = metrics;
    }

    /** The cache for one kind of values; to be opened once, when the bean that owns it is made. */
    public <V> SharedCache<V> open(CacheKind<V> kind) {
        cluster.want(new CacheCluster.Wanted.Messages(kind.name(), kind.schema(), cluster.copies(kind.lifespan())));
        return new SharedCache<>(kind, cluster, config, vertx, metrics);
    }

    /**
     * The cache for entries that are nowhere else; to be opened once, when the bean that owns it is made.
     *
     * @param kind its lifespan is the greatest of any entry
     * @param nodeBytes what its entries may take up of each node's memory; the least used go when there is more
     * @param patience how long a call waits for an answer
     */
    public <V> TransientCache<V> openTransient(CacheKind<V> kind, long nodeBytes, Duration patience) {
        cluster.want(new CacheCluster.Wanted.Messages(
                kind.name(), kind.schema(), new CacheCluster.Bounds(nodeBytes, kind.lifespan())));
        return new TransientCache<>(kind, cluster, vertx, patience);
    }

    /**
     * The cache for state that is nowhere else and that nothing may drive out; to be opened once, when the bean that owns it is made. How
     * much there is must be bounded by who puts it there.
     *
     * @param name of the cache in the cluster, lower-case letters, digits and hyphens; another one when the values' form changes
     * @param lifespan after which an entry goes that was not put again
     * @param patience how long a call waits for an answer
     */
    public StateCache openState(String name, Duration lifespan, Duration patience) {
        cluster.want(new CacheCluster.Wanted.State(name, lifespan));
        return new StateCache(name, cluster, config.owners(), lifespan, patience);
    }

    /** Whether there is a cluster at all, answering or not. Where there is none, every call fails. */
    public boolean isConfigured() {
        return cluster.isConfigured();
    }
}
