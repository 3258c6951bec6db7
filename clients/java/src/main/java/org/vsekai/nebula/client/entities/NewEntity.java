package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * An entity that is to be created. Lengths are millimetres.
 *
 * @param id made by the server if empty; with one of its own a creation whose outcome is unknown can be asked for again without harm
 * @param rotation as {@link Rotations} has it
 * @param components values by the numbers of the zone's schema
 * @param persistent whether it stays when its owner's session is over; else it is deleted then
 */
public record NewEntity(
        Optional<UUID> id, int x, int y, int z, int rotation, Map<Integer, ByteString> components, boolean persistent) {

    public NewEntity {
        components = Map.copyOf(components);
    }

    /** One that is not persistent, has no components and is not turned. */
    public static NewEntity at(int x, int y, int z) {
        return new NewEntity(Optional.empty(), x, y, z, Rotations.IDENTITY, Map.of(), false);
    }

    public NewEntity withId(UUID newId) {
        return new NewEntity(Optional.of(newId), x, y, z, rotation, components, persistent);
    }

    public NewEntity withRotation(int newRotation) {
        return new NewEntity(id, x, y, z, newRotation, components, persistent);
    }

    public NewEntity withComponent(int number, ByteString value) {
        Map<Integer, ByteString> more = new TreeMap<>(components);
        more.put(number, value);
        return new NewEntity(id, x, y, z, rotation, more, persistent);
    }

    public NewEntity withPersistent(boolean stays) {
        return new NewEntity(id, x, y, z, rotation, components, stays);
    }

    void write(int request, WireWriter to) {
        to.uint32(1, request);
        if (id.isPresent()) {
            to.uuid(2, id.get().getMostSignificantBits(), id.get().getLeastSignificantBits());
        }
        to.sint32(3, x);
        to.sint32(4, y);
        to.sint32(5, z);
        to.fixed32(6, rotation);
        WireWriter component = new WireWriter(64);
        // In order, so that the same entity gives the same bytes.
        new TreeMap<>(components).forEach((number, value) -> {
            component.clear();
            component.uint32(1, number);
            component.bytes(2, value);
            to.delimited(7, component);
        });
        to.uint32(8, persistent ? 1 : 0);
    }
}
