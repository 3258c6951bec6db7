package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.ComponentUpdate;
import org.vsekai.nebula.api.entities.v1.Departure;
import org.vsekai.nebula.api.entities.v1.EntityState;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.OwnerChange;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/** What a client knows, by the contract's words and nothing else: the plainest reading of {@code ServerFrame}. */
final class ReferenceView {
    static final class Entity {
        UUID id = new UUID(0, 0);
        int cell;
        int owner;
        int x;
        int y;
        int z;
        int rotation;
        int velocityX;
        int velocityY;
        int velocityZ;
        final Map<Integer, ByteString> components = new TreeMap<>();
    }

    final Map<Integer, Entity> entities = new HashMap<>();
    final Set<Integer> open = new HashSet<>();
    long tick;

    void apply(ServerFrame frame) {
        assertThat(frame.getTick()).isGreaterThanOrEqualTo(tick);
        tick = frame.getTick();
        for (int cell : frame.getOpenedList()) {
            assertThat(open.add(cell)).as("cell %d was open", cell).isTrue();
        }
        for (int cell : frame.getClosedList()) {
            assertThat(open.remove(cell)).as("cell %d was closed", cell).isTrue();
            drop(cell);
        }
        frame.getCellsList().forEach(this::apply);
    }

    private void drop(int cell) {
        entities.values().removeIf(entity -> entity.cell == cell);
    }

    private void apply(CellUpdate update) {
        assertThat(open).contains(update.getCell());
        if (update.getReset()) {
            drop(update.getCell());
        }
        for (EntityState state : update.getEnteredList()) {
            Entity entity = new Entity();
            ByteBuffer id = state.getId().asReadOnlyByteBuffer();
            entity.id = new UUID(id.getLong(), id.getLong());
            entity.cell = update.getCell();
            entity.owner = state.getOwner();
            entity.x = state.getX();
            entity.y = state.getY();
            entity.z = state.getZ();
            entity.rotation = state.getRotation();
            entity.velocityX = state.getVelocityX();
            entity.velocityY = state.getVelocityY();
            entity.velocityZ = state.getVelocityZ();
            for (Component component : state.getComponentsList()) {
                entity.components.put(component.getNumber(), component.getValue());
            }
            entities.put(state.getHandle(), entity);
        }
        update.getSettledList().forEach(group -> move(group, false));
        update.getMovedList().forEach(group -> move(group, true));
        for (ComponentUpdate component : update.getComponentsList()) {
            get(component.getHandle()).components.put(component.getNumber(), component.getValue());
        }
        for (OwnerChange change : update.getOwnersList()) {
            get(change.getHandle()).owner = change.getOwner();
        }
        for (Departure departure : update.getDepartedList()) {
            Entity entity = entities.get(departure.getHandle());
            if (entity != null && entity.cell == update.getCell()) {
                entity.cell = departure.getTo() - 1;
                if (!open.contains(entity.cell)) {
                    entities.remove(departure.getHandle());
                }
            }
        }
    }

    private Entity get(int handle) {
        Entity entity = entities.get(handle);
        assertThat(entity).as("entity %d is known", handle).isNotNull();
        return entity;
    }

    private void move(Movements group, boolean differences) {
        int handle = 0;
        for (int i = 0; i < group.getHandlesCount(); i++) {
            handle += group.getHandles(i);
            Entity entity = get(handle);
            if (group.getPositionsCount() > 0) {
                List<Integer> position = group.getPositionsList().subList(3 * i, 3 * i + 3);
                entity.x = position.get(0) + (differences ? entity.x : 0);
                entity.y = position.get(1) + (differences ? entity.y : 0);
                entity.z = position.get(2) + (differences ? entity.z : 0);
            }
            if (group.getRotationsCount() > 0) {
                entity.rotation = group.getRotations(i);
            }
            if (group.getVelocitiesCount() > 0) {
                entity.velocityX = group.getVelocities(3 * i);
                entity.velocityY = group.getVelocities(3 * i + 1);
                entity.velocityZ = group.getVelocities(3 * i + 2);
            }
        }
    }
}
