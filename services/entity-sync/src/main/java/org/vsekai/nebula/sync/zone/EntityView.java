package org.vsekai.nebula.sync.zone;

import java.util.UUID;
import org.vsekai.nebula.zones.EntityInfo;

/** An entity as JSON; lengths in millimetres. */
record EntityView(int handle, UUID id, int owner, int cell, int x, int y, int z, long rotation, boolean persistent) {
    static EntityView of(EntityInfo entity) {
        return new EntityView(
                entity.handle(),
                entity.id(),
                entity.owner(),
                entity.cell(),
                entity.x(),
                entity.y(),
                entity.z(),
                Integer.toUnsignedLong(entity.rotation()),
                entity.persistent());
    }
}
