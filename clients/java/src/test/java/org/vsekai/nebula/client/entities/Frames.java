package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.ComponentSchema;
import org.vsekai.nebula.api.entities.v1.ComponentUpdate;
import org.vsekai.nebula.api.entities.v1.Departure;
import org.vsekai.nebula.api.entities.v1.EntityState;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.OwnerChange;
import org.vsekai.nebula.api.entities.v1.Persistence;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.api.entities.v1.Welcome;

/** Frames for tests, built with the contract's own classes. */
final class Frames {
    private Frames() {}

    static Welcome.Builder welcome(int session, long epoch) {
        return Welcome.newBuilder()
                .setSession(session)
                .setZone("plaza")
                .setEpoch(epoch)
                .setResumeToken(token(session, epoch))
                .setTicksPerSecond(20)
                .setCellSize(10_000)
                .setCellsX(10)
                .setCellsZ(10)
                .setLargestRadius(50_000)
                .addComponents(ComponentSchema.newBuilder()
                        .setNumber(1)
                        .setName("health")
                        .setLargest(8)
                        .setPersistence(Persistence.PERSISTENCE_DURABLE)
                        .setPublic(true))
                .addComponents(ComponentSchema.newBuilder()
                        .setNumber(7)
                        .setName("pose")
                        .setLargest(40)
                        .setPersistence(Persistence.PERSISTENCE_VOLATILE));
    }

    static ByteString token(int session, long epoch) {
        return ByteString.copyFromUtf8("token-" + session + "-" + epoch);
    }

    static ServerFrame.Builder frame(long tick) {
        return ServerFrame.newBuilder().setTick(tick);
    }

    static CellUpdate.Builder cell(int number) {
        return CellUpdate.newBuilder().setCell(number);
    }

    static UUID id(int number) {
        return new UUID(0x0123_4567_89ab_4defL, 0x8000_0000_0000_0000L | number);
    }

    static ByteString bytes(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip();
        return ByteString.copyFrom(bytes);
    }

    /** An entity whose id has the number of its handle. */
    static EntityState.Builder entity(int handle, int x, int y, int z) {
        return entity(handle, id(handle), x, y, z);
    }

    static EntityState.Builder entity(int handle, UUID id, int x, int y, int z) {
        return EntityState.newBuilder()
                .setHandle(handle)
                .setId(bytes(id))
                .setX(x)
                .setY(y)
                .setZ(z)
                .setRotation(Rotations.IDENTITY);
    }

    static Component component(int number, String value) {
        return Component.newBuilder()
                .setNumber(number)
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    static ComponentUpdate componentUpdate(int handle, int number, String value) {
        return ComponentUpdate.newBuilder()
                .setHandle(handle)
                .setNumber(number)
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    static OwnerChange owner(int handle, int owner) {
        return OwnerChange.newBuilder().setHandle(handle).setOwner(owner).build();
    }

    /** To another cell. */
    static Departure departure(int handle, int cell) {
        return Departure.newBuilder().setHandle(handle).setTo(cell + 1).build();
    }

    /** Deleted, or out of the zone. */
    static Departure departure(int handle) {
        return Departure.newBuilder().setHandle(handle).build();
    }

    /** A group of these handles, told as differences; its columns are the caller's. */
    static Movements.Builder group(int... handles) {
        Movements.Builder group = Movements.newBuilder();
        int before = 0;
        for (int handle : handles) {
            group.addHandles(handle - before);
            before = handle;
        }
        return group;
    }

    static Movements.Builder positions(Movements.Builder group, int... values) {
        for (int value : values) {
            group.addPositions(value);
        }
        return group;
    }

    static void apply(ZoneView view, ServerFrame.Builder frame) {
        byte[] bytes = frame.build().toByteArray();
        view.apply(bytes, 0, bytes.length);
    }
}
