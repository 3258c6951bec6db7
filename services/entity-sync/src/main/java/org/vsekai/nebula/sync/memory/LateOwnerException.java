package org.vsekai.nebula.sync.memory;

import org.vsekai.nebula.sync.world.ZoneName;

/** Somebody owns the zone under a larger epoch. */
final class LateOwnerException extends IllegalStateException {
    LateOwnerException(ZoneName zone, long epoch, long owner) {
        super("the zone " + zone + " is owned under epoch " + owner + ", which is larger than " + epoch
                + "; if the ledger has begun anew, remove the cache " + MemoryTier.CACHE);
    }
}
