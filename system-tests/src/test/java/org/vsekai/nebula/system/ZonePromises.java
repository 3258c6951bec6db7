package org.vsekai.nebula.system;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.vsekai.nebula.client.entities.Durability;

/**
 * What zones must have, as far as anybody was promised it: every value that was ever written to an entity is larger than all before, so the
 * value that is there tells which write it is. Thread-safe.
 */
final class ZonePromises {
    /** What one session wrote and asked for, of which the answer is awaited. */
    record Asked(Map<UUID, Long> values, Set<UUID> deletions) {
        /** A part that was refused, and so is nobody's promise. */
        void forget(UUID id) {
            values.remove(id);
            deletions.remove(id);
        }
    }

    private static final class Entity {
        final boolean persistent;
        final Set<Long> written = new HashSet<>();
        /** The newest value that was acknowledged, by level. */
        final Map<Durability, Long> kept = new EnumMap<>(Durability.class);

        final Set<Durability> deleted = new HashSet<>();
        boolean mayBeDeleted;

        Entity(boolean persistent) {
            this.persistent = persistent;
        }
    }

    private final Map<UUID, Entity> entities = new HashMap<>();
    private final Map<Durability, Integer> acknowledged = new EnumMap<>(Durability.class);

    /** An entity is about to be created. */
    synchronized void creates(UUID id, boolean persistent, long value) {
        Entity entity = new Entity(persistent);
        entity.written.add(value);
        entities.put(id, entity);
    }

    synchronized void writes(UUID id, long value) {
        entities.get(id).written.add(value);
    }

    synchronized void deletes(UUID id) {
        entities.get(id).mayBeDeleted = true;
    }

    synchronized void acknowledged(Durability level, Asked asked) {
        acknowledged.merge(level, 1, Integer::sum);
        asked.values().forEach((id, value) -> entities.get(id).kept.merge(level, value, Math::max));
        asked.deletions().forEach(id -> entities.get(id).deleted.add(level));
    }

    /** What had no higher level may be lost. */
    synchronized void forget(Durability level) {
        for (Entity entity : entities.values()) {
            entity.kept.remove(level);
            entity.deleted.remove(level);
        }
    }

    /** How many questions were answered, by level. */
    synchronized Map<Durability, Integer> acknowledgements() {
        return new EnumMap<>(acknowledged);
    }

    /** How many persistent entities were promised at a level that still counts and may not be gone. */
    synchronized long promised() {
        return entities.values().stream()
                .filter(entity -> entity.persistent && !entity.kept.isEmpty() && !entity.mayBeDeleted)
                .count();
    }

    /** What is wrong with the values of all entities that there are. */
    synchronized List<String> broken(Map<UUID, Long> present) {
        List<String> broken = new ArrayList<>();
        present.forEach((id, value) -> {
            Entity entity = entities.get(id);
            if (entity == null) {
                broken.add(id + " was never created");
            } else if (!entity.written.contains(value)) {
                broken.add(id + " has " + value + ", which nobody wrote to it");
            }
        });
        entities.forEach((id, entity) -> {
            Long value = present.get(id);
            if (value != null && !entity.deleted.isEmpty()) {
                broken.add(id + " is there, though its deletion was acknowledged as " + entity.deleted);
            }
            if (entity.persistent) {
                entity.kept.forEach((level, promise) -> {
                    if (value == null ? !entity.mayBeDeleted : value < promise) {
                        broken.add(id + " has " + value + ", though " + promise + " was acknowledged as " + level);
                    }
                });
            }
        });
        return broken;
    }
}
