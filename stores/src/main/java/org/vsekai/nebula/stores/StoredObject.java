package org.vsekai.nebula.stores;

import java.time.Instant;

/**
 * An object as it lies in a store.
 *
 * @param size bytes
 * @param version changes whenever the object does, where the store can tell: an entity tag without quotes, or made of size
 *     and time
 * @param lastModified by the store's clock; some keep whole seconds only
 */
public record StoredObject(String path, long size, String version, Instant lastModified) {
    public StoredObject {
        if (size < 0) {
            throw new IllegalArgumentException("want a size, not " + size);
        }
    }
}
