package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.AreaOfInterest;
import org.vsekai.nebula.api.entities.v1.AuthorityChange;
import org.vsekai.nebula.api.entities.v1.AuthorityNotice;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.Refused;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.api.entities.v1.Welcome;

/** A client without a network: frames go both ways by call, as bytes. */
final class TestClient implements FrameSink {
    private static final int LARGEST_FRAME = 256 << 10;

    final Zone zone;
    final ReferenceView view = new ReferenceView();
    final List<ServerFrame> frames = new ArrayList<>();
    final Map<Integer, Integer> created = new HashMap<>();
    final List<Refused> refused = new ArrayList<>();
    final List<AuthorityNotice> notices = new ArrayList<>();
    BooleanSupplier ready = () -> true;

    @Nullable
    Session session;

    @Nullable
    Welcome welcome;

    @Nullable
    EndReason ended;

    TestClient(Zone zone) {
        this.zone = zone;
    }

    static TestClient join(Zone zone, Role role, long token) {
        TestClient client = new TestClient(zone);
        client.session = zone.join(role, client, new SessionToken(token, token), null);
        return client;
    }

    /** A client that comes back for what another one's session owned. */
    static TestClient resume(Zone zone, Role role, long token, long before) {
        TestClient client = new TestClient(zone);
        client.session = zone.join(role, client, new SessionToken(token, token), new SessionToken(before, before));
        return client;
    }

    Session session() {
        if (session == null) {
            throw new IllegalStateException("not joined");
        }
        return session;
    }

    void send(ClientFrame.Builder frame) {
        byte[] bytes = frame.build().toByteArray();
        zone.receive(session(), bytes, 0, bytes.length, 100);
    }

    void watch(int x, int z, int radius) {
        send(ClientFrame.newBuilder()
                .setInterest(AreaOfInterest.newBuilder().setX(x).setZ(z).setRadius(radius)));
    }

    void move(int handle, int x, int y, int z) {
        send(ClientFrame.newBuilder()
                .addMovements(Movements.newBuilder()
                        .addHandles(handle)
                        .addPositions(x)
                        .addPositions(y)
                        .addPositions(z)));
    }

    void delete(int handle) {
        send(ClientFrame.newBuilder().addDelete(handle));
    }

    void authority(AuthorityChange.Kind kind, int handle, int to) {
        send(ClientFrame.newBuilder()
                .addAuthority(AuthorityChange.newBuilder()
                        .setKind(kind)
                        .setHandle(handle)
                        .setTo(to)));
    }

    ReferenceView.Entity seen(int handle) {
        ReferenceView.Entity entity = view.entities.get(handle);
        if (entity == null) {
            throw new AssertionError("entity " + handle + " is not seen");
        }
        return entity;
    }

    @Override
    public boolean isReady() {
        return ready.getAsBoolean();
    }

    @Override
    public void send(FrameBytes frame) {
        byte[] bytes = new byte[frame.size()];
        frame.copyTo(bytes, 0);
        try {
            assertThat(ended).isNull();
            ServerFrame message = ServerFrame.parseFrom(bytes);
            assertThat(bytes.length - message.getWelcome().getSerializedSize()).isLessThanOrEqualTo(LARGEST_FRAME);
            frames.add(message);
            if (message.hasWelcome()) {
                welcome = message.getWelcome();
            }
            message.getCreatedList().forEach(made -> created.put(made.getRequest(), made.getHandle()));
            refused.addAll(message.getRefusedList());
            notices.addAll(message.getAuthorityList());
            view.apply(message);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void end(EndReason reason) {
        assertThat(ended).as("a session ends once").isNull();
        ended = reason;
    }
}
