package org.vsekai.nebula.kit.cache;

import java.time.Duration;
import org.infinispan.protostream.GeneratedSchema;

/**
 * A kind of cached values.
 *
 * @param name of the cache in the cluster, lower-case letters, digits and hyphens; another name when the values' meaning changes
 * @param type the values', a message of the schema
 * @param lifespan after which an entry goes, wanted or not
 */
public record CacheKind<V>(String name, Class<V> type, GeneratedSchema schema, Duration lifespan) {
    public CacheKind {
        if (!name.matches("[a-z][a-z0-9-]{0,62}")) {
            throw new IllegalArgumentException("not a cache's name: " + name);
        }
        if (lifespan.toMillis() <= 0) {
            throw new IllegalArgumentException("a lifespan is longer than nothing, not " + lifespan);
        }
    }
}
