package org.vsekai.nebula.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.vsekai.nebula.client.entities.ZoneView;

/** Everything that a session is told of an entity, so that what several were told can be compared. Immutable. */
record ToldEntity(
        UUID id,
        int handle,
        int owner,
        int cell,
        List<Integer> position,
        int rotation,
        List<Integer> velocity,
        SortedMap<Integer, ByteString> components) {

    /** As the zone's owner tells operators. */
    static ToldEntity of(JsonNode entity) {
        SortedMap<Integer, ByteString> components = new TreeMap<>();
        for (Map.Entry<String, JsonNode> component : entity.get("components").properties()) {
            components.put(
                    Integer.valueOf(component.getKey()),
                    ByteString.copyFrom(
                            Base64.getDecoder().decode(component.getValue().asText())));
        }
        return new ToldEntity(
                UUID.fromString(entity.get("id").asText()),
                entity.get("handle").asInt(),
                entity.get("owner").asInt(),
                entity.get("cell").asInt(),
                integers(entity, "x", "y", "z"),
                (int) entity.get("rotation").asLong(),
                integers(entity, "velocity_x", "velocity_y", "velocity_z"),
                components);
    }

    private static List<Integer> integers(JsonNode entity, String... names) {
        return Stream.of(names).map(name -> entity.get(name).asInt()).toList();
    }

    /**
     * As a session sees it. On the session's thread.
     *
     * @param numbers of the components that there are
     */
    static ToldEntity of(ZoneView view, int slot, Collection<Integer> numbers) {
        SortedMap<Integer, ByteString> components = new TreeMap<>();
        for (Integer number : numbers) {
            Optional<ByteString> value = view.findComponent(slot, number);
            value.ifPresent(bytes -> components.put(number, bytes));
        }
        return new ToldEntity(
                view.id(slot),
                view.handle(slot),
                view.owner(slot),
                view.cell(slot),
                List.of(view.x(slot), view.y(slot), view.z(slot)),
                view.rotation(slot),
                List.of(view.velocityX(slot), view.velocityY(slot), view.velocityZ(slot)),
                components);
    }

    /** By handle, which no two have. */
    static List<ToldEntity> sorted(Stream<ToldEntity> entities) {
        return entities.sorted(Comparator.comparingInt(ToldEntity::handle)).toList();
    }

    /** All that a session sees, by handle. On the session's thread. */
    static List<ToldEntity> all(ZoneView view, Collection<Integer> numbers) {
        Stream.Builder<ToldEntity> all = Stream.builder();
        view.forEach(slot -> all.add(of(view, slot, numbers)));
        return sorted(all.build());
    }

    /** All that an owner tells operators, by handle. */
    static List<ToldEntity> all(Collection<JsonNode> entities) {
        return sorted(entities.stream().map(ToldEntity::of));
    }
}
