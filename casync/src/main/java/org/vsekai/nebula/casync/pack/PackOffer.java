package org.vsekai.nebula.casync.pack;

import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.assemble.Seed;
import org.vsekai.nebula.casync.store.RangeReader;

/**
 * A pack that may be used.
 *
 * @param index says what is in it
 * @param pack reads it
 * @param base has the chunks of the base index, all or nearly; of a delta pack only
 */
public record PackOffer(
        PackIndex index, RangeReader pack, @Nullable Seed base) {
    public PackOffer {
        if (index.base().isPresent() != (base != null)) {
            throw new IllegalArgumentException("a delta pack needs a base, and no other has one");
        }
    }

    public boolean isDelta() {
        return base != null;
    }
}
