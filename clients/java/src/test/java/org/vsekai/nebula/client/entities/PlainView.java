package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.EntityState;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/** The contract's words over maps and messages: what {@link ZoneView} is compared with. */
final class PlainView {
    static final class Entity {
        ByteString id = ByteString.EMPTY;
        int cell;
        int owner;
        final int[] values = new int[7];
        final Map<Integer, ByteString> components = new TreeMap<>();
    }

    final Map<Integer, Entity> entities = new HashMap<>();
    final Set<Integer> open = new HashSet<>();

    void apply(ServerFrame frame) {
        if (frame.hasWelcome()) {
            entities.clear();
            open.clear();
        }
        for (int cell : frame.getOpenedList()) {
            drop(cell);
            open.add(cell);
        }
        for (int cell : frame.getClosedList()) {
            drop(cell);
            open.remove(cell);
        }
        for (CellUpdate update : frame.getCellsList()) {
            if (open.contains(update.getCell())) {
                apply(update);
            }
        }
    }

    private void drop(int cell) {
        entities.values().removeIf(entity -> entity.cell == cell);
    }

    private void apply(CellUpdate update) {
        if (update.getReset()) {
            drop(update.getCell());
        }
        for (EntityState state : update.getEnteredList()) {
            entities.values().removeIf(entity -> entity.id.equals(state.getId()));
            Entity entity = new Entity();
            entity.id = state.getId();
            entity.cell = update.getCell();
            entity.owner = state.getOwner();
            entity.values[0] = state.getX();
            entity.values[1] = state.getY();
            entity.values[2] = state.getZ();
            entity.values[3] = state.getRotation();
            entity.values[4] = state.getVelocityX();
            entity.values[5] = state.getVelocityY();
            entity.values[6] = state.getVelocityZ();
            state.getComponentsList().forEach(value -> entity.components.put(value.getNumber(), value.getValue()));
            entities.put(state.getHandle(), entity);
        }
        update.getSettledList().forEach(group -> move(group, false));
        update.getMovedList().forEach(group -> move(group, true));
        update.getComponentsList().forEach(change -> {
            Entity entity = entities.get(change.getHandle());
            if (entity != null) {
                entity.components.put(change.getNumber(), change.getValue());
            }
        });
        update.getOwnersList().forEach(change -> {
            Entity entity = entities.get(change.getHandle());
            if (entity != null) {
                entity.owner = change.getOwner();
            }
        });
        update.getDepartedList().forEach(departure -> {
            Entity entity = entities.get(departure.getHandle());
            if (entity != null && entity.cell == update.getCell()) {
                entity.cell = departure.getTo() - 1;
                if (!open.contains(entity.cell)) {
                    entities.remove(departure.getHandle());
                }
            }
        });
    }

    private void move(Movements group, boolean differences) {
        int handle = 0;
        for (int i = 0; i < group.getHandlesCount(); i++) {
            handle += group.getHandles(i);
            Entity entity = entities.get(handle);
            if (entity == null) {
                continue;
            }
            for (int axis = 0; axis < 3 && group.getPositionsCount() > 0; axis++) {
                entity.values[axis] = group.getPositions(3 * i + axis) + (differences ? entity.values[axis] : 0);
            }
            if (group.getRotationsCount() > 0) {
                entity.values[3] = group.getRotations(i);
            }
            for (int axis = 0; axis < 3 && group.getVelocitiesCount() > 0; axis++) {
                entity.values[4 + axis] = group.getVelocities(3 * i + axis);
            }
        }
    }
}
