package org.vsekai.nebula.sync.zone;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.greaterThan;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.Created;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.kit.testing.TestTokens;

/** A zone of a running node, to operators and to game servers. */
final class ZoneAccess implements AutoCloseable {
    private final String zone;
    private final ManagedChannel channel;

    ZoneAccess(String zone, int grpcPort) {
        this.zone = zone;
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
    }

    private static RequestSpecification operator() {
        return given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR));
    }

    ValidatableResponse get(String below) {
        return operator().get("/api/v1/zones/" + zone + below).then();
    }

    ValidatableResponse metrics() {
        return operator().get("/q/metrics").then();
    }

    void awaitHosted() {
        eventually(() -> get("").statusCode(200));
    }

    /** Has the node end the zone, and claim it again. */
    void goThroughRelease() {
        int epoch = get("").statusCode(200).extract().path("epoch");
        release();
        eventually(() -> get("").statusCode(200).body("epoch", greaterThan(epoch)));
    }

    void release() {
        operator().post("/api/v1/zones/" + zone + "/release").then().statusCode(204);
    }

    RawSession join() {
        ByteString ticket = RawSession.ticket(channel, zone, SessionRole.SESSION_ROLE_SERVER);
        return RawSession.join(channel, zone, ticket, 30_000, ByteString.EMPTY);
    }

    static Created create(RawSession session, int request, boolean persistent) {
        session.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder()
                        .setRequest(request)
                        .setX(50_000 + request)
                        .setY(-1)
                        .setZ(51_000)
                        .setRotation(0xE0080200)
                        .setPersistent(persistent)
                        .addComponents(Component.newBuilder().setNumber(3).setValue(ByteString.copyFromUtf8("full")))));
        return session
                .await(frame -> frame.getCreatedList().stream().anyMatch(made -> made.getRequest() == request))
                .getCreatedList()
                .stream()
                .filter(made -> made.getRequest() == request)
                .findFirst()
                .orElseThrow();
    }

    static void move(RawSession session, int handle, int x) {
        session.send(ClientFrame.newBuilder()
                .addMovements(Movements.newBuilder().addHandles(handle).addAllPositions(List.of(x, -1, 51_000))));
    }

    static UUID id(Created created) {
        ByteBuffer bytes = created.getId().asReadOnlyByteBuffer();
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
