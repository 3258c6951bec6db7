package org.vsekai.nebula.sync.zone;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.vsekai.nebula.zones.EntityInfo;

/**
 * An entity as JSON; lengths in millimetres, velocities in millimetres a second.
 *
 * @param components the values that the entity has, by number, in Base64
 */
record EntityView(
        int handle,
        UUID id,
        int owner,
        int cell,
        int x,
        int y,
        int z,
        long rotation,
        int velocityX,
        int velocityY,
        int velocityZ,
        boolean persistent,
        SortedMap<Integer, String> components) {
    static EntityView of(EntityInfo entity) {
        SortedMap<Integer, String> components = new TreeMap<>();
        entity.components().forEach((number, value) -> components.put(number, base64(value)));
        return new EntityView(
                entity.handle(),
                entity.id(),
                entity.owner(),
                entity.cell(),
                entity.x(),
                entity.y(),
                entity.z(),
                Integer.toUnsignedLong(entity.rotation()),
                entity.velocityX(),
                entity.velocityY(),
                entity.velocityZ(),
                entity.persistent(),
                components);
    }

    private static String base64(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
