package org.vsekai.nebula.kit.cache;

import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * State that is in the cluster and nowhere else, as bytes: nothing goes before its lifespan is over, unless the cluster loses as many
 * nodes at once as an entry has owners.
 *
 * <p>Every call fails with {@link CacheUnavailableException} while the cluster does not answer; whether a change that failed so was
 * made, or is yet to be made, is not known. So whoever must not be overtaken by a late change puts it under another key, or
 * changes by version: a change by version that comes late finds another one and does nothing.
 *
 * <p>Answers come on a thread of the client, which may not be blocked. What is put or was found must not be changed. Thread-safe.
 */
public final class StateCache {
    private final String name;
    private final CacheCluster cluster;
    private final int owners;
    private final Duration lifespan;
    private final Duration patience;

    StateCache(String name, CacheCluster cluster, int owners, Duration lifespan, Duration patience) {
        this.name = name;
        this.cluster = cluster;
        this.owners = owners;
        this.lifespan = lifespan;
        this.patience = patience;
    }

    /** An entry as it was found. */
    public static final class Found {
        private final byte[] bytes;
        private final long version;

        private Found(byte[] bytes, long version) {
            this.bytes = bytes;
            this.version = version;
        }

        public byte[] bytes() {
            return bytes;
        }

        /** Another one after each change. */
        public long version() {
            return version;
        }
    }

    /** Copies of each entry in the cluster, as it was set up. */
    public int owners() {
        return owners;
    }

    public Duration lifespan() {
        return lifespan;
    }

    /** The entry under a key. */
    public Uni<Optional<Found>> find(String key) {
        return cluster.findVersioned(name, bytes(key), patience)
                .map(found -> found.map(value -> new Found(value.getValue(), value.getVersion())));
    }

    /** Puts an entry in the place of what is there. Its lifespan begins anew, as with the other changes. */
    public Uni<Void> put(String key, byte[] value) {
        return cluster.put(name, bytes(key), value, lifespan, patience);
    }

    /** Puts an entry where there is none; false if there is one. */
    public Uni<Boolean> putIfAbsent(String key, byte[] value) {
        return cluster.putIfAbsent(name, bytes(key), value, lifespan, patience);
    }

    /** Puts an entry in the place of the one that was found with this version; false if that is no more there. */
    public Uni<Boolean> replaceIf(String key, byte[] value, long version) {
        return cluster.replaceIf(name, bytes(key), value, version, lifespan, patience);
    }

    /** Removes an entry; none that is there is fine. */
    public Uni<Void> remove(String key) {
        return cluster.remove(name, bytes(key), patience);
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
