package org.vsekai.nebula.sync.zone;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.EntityState;
import org.vsekai.nebula.api.entities.v1.IssueTicketRequest;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.api.entities.v1.TicketsGrpc;
import org.vsekai.nebula.api.entities.v1.Welcome;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.sync.testing.OneWorld;
import org.vsekai.nebula.sync.testing.SingleMember;

@QuarkusTest
@QuarkusTestResource(SingleMember.class)
@QuarkusTestResource(OneWorld.class)
class ZoneIT {
    private static final String ZONE = "city/1/0";
    private static final String PATH = "/api/v1/zones/" + ZONE;

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
        eventually(() -> operator().get("/api/v1/zones").then().statusCode(200).body("items", hasSize(2)));
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
        eventually(() -> operator().get(PATH + "/sessions").then().body("items", hasSize(0)));
    }

    private static RequestSpecification operator() {
        return given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR));
    }

    private TicketsGrpc.TicketsBlockingStub tickets(String token) {
        return RawSession.tickets(channel, token);
    }

    private ByteString ticket(SessionRole role) {
        return RawSession.ticket(channel, ZONE, role);
    }

    private RawSession join() {
        return join(ticket(SessionRole.SESSION_ROLE_PLAYER), ByteString.EMPTY);
    }

    private RawSession join(ByteString ticket, ByteString resume) {
        return RawSession.join(channel, ZONE, ticket, 30_000, resume);
    }

    private static String reason(RawSession session) throws Exception {
        return session.end.get(30, TimeUnit.SECONDS);
    }

    private static int create(RawSession session, boolean persistent) {
        session.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder()
                        .setRequest(1)
                        .setX(50_000)
                        .setY(1)
                        .setZ(51_000)
                        .setPersistent(persistent)
                        .addComponents(Component.newBuilder().setNumber(3).setValue(ByteString.copyFromUtf8("full")))));
        return session.await(frame -> frame.getCreatedCount() > 0).getCreated(0).getHandle();
    }

    private static boolean tells(ServerFrame frame, int handle) {
        return frame.getCellsList().stream()
                .flatMap(cell -> cell.getEnteredList().stream())
                .anyMatch(state -> state.getHandle() == handle);
    }

    @Test
    void whatOneSessionCreatesAndMovesAnotherSees() {
        RawSession one = join();
        RawSession other = join();
        Welcome welcome = one.await(ServerFrame::hasWelcome).getWelcome();
        assertThat(welcome.getZone()).isEqualTo(ZONE);
        assertThat(welcome.getEpoch()).isPositive();
        assertThat(welcome.getTicksPerSecond()).isEqualTo(60);
        assertThat(welcome.getComponents(0).getName()).isEqualTo("health");

        int handle = create(one, false);
        EntityState state = other.await(frame -> tells(frame, handle)).getCellsList().stream()
                .flatMap(cell -> cell.getEnteredList().stream())
                .findFirst()
                .orElseThrow();
        assertThat(state.getOwner()).isEqualTo(welcome.getSession());
        assertThat(state.getZ()).isEqualTo(51_000);
        assertThat(state.getComponents(0).getValue().toStringUtf8()).isEqualTo("full");

        one.send(ClientFrame.newBuilder()
                .addMovements(Movements.newBuilder().addHandles(handle).addAllPositions(List.of(50_250, 1, 51_000))));
        ServerFrame moved =
                other.await(frame -> frame.getCellsList().stream().anyMatch(cell -> cell.getMovedCount() > 0));
        Movements movements = moved.getCells(0).getMoved(0);
        assertThat(movements.getHandlesList()).containsExactly(handle);
        assertThat(movements.getPositionsList()).containsExactly(250, 0, 0);

        operator()
                .get(PATH + "/entities?limit=1")
                .then()
                .statusCode(200)
                .body("items[0].handle", equalTo(handle))
                .body("items[0].x", equalTo(50_250));
        operator()
                .get(PATH + "/sessions?limit=1")
                .then()
                .body("items", hasSize(1))
                .body("next", greaterThan(""));
        operator()
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("nebula_zone_updates_out_total{zone=\"city/1/0\"}"));

        one.leave();
        other.await(frame -> frame.getCellsList().stream().anyMatch(cell -> cell.getDepartedCount() > 0));
        assertThat(one.end).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo("OK");
        other.leave();
    }

    @Test
    void clientThatDiesMayComeBackAndOwnsWhatItOwned() throws Exception {
        RawSession one = join();
        Welcome welcome = one.await(ServerFrame::hasWelcome).getWelcome();
        int handle = create(one, true);
        one.close();
        eventually(() -> operator().get(PATH + "/sessions").then().body("items.away", hasItem(true)));

        RawSession again = join(ticket(SessionRole.SESSION_ROLE_PLAYER), welcome.getResumeToken());
        Welcome second = again.await(ServerFrame::hasWelcome).getWelcome();
        assertThat(second.getSession()).isEqualTo(welcome.getSession());
        assertThat(second.getOwnedList()).containsExactly(handle);
        assertThat(second.getResumeToken()).isNotEqualTo(welcome.getResumeToken());
        again.await(frame -> tells(frame, handle));

        // Whoever stays away for longer than it may is over, and its entity nobody's.
        again.close();
        eventually(() -> operator().get(PATH + "/entities").then().body("items.owner", hasItem(0)));
        RawSession server = join(ticket(SessionRole.SESSION_ROLE_SERVER), second.getResumeToken());
        assertThat(server.await(ServerFrame::hasWelcome).getWelcome().getOwnedList())
                .isEmpty();
        server.send(ClientFrame.newBuilder().addDelete(handle));
        eventually(() -> operator().get(PATH + "/entities").then().body("items", hasSize(0)));
        server.leave();
        assertThat(reason(server)).isEqualTo("OK");
    }

    @Test
    void whoHasNoTicketForTheZoneIsRefused() throws Exception {
        ByteString ticket = ticket(SessionRole.SESSION_ROLE_PLAYER);
        assertThat(reason(join(ByteString.EMPTY, ByteString.EMPTY))).isEqualTo("TICKET_REFUSED");
        byte[] forged = ticket.toByteArray();
        forged[1] = 3;
        assertThat(reason(join(ByteString.copyFrom(forged), ByteString.EMPTY))).isEqualTo("TICKET_REFUSED");
        assertThat(reason(RawSession.join(channel, "city/0/0", ticket, 1, ByteString.EMPTY)))
                .isEqualTo("TICKET_REFUSED");
        assertThat(reason(join(ticket, ByteString.copyFromUtf8("short")))).isEqualTo("INVALID_FRAME");

        RawSession never = new RawSession(channel);
        never.send(ClientFrame.newBuilder().addDelete(1));
        assertThat(reason(never)).isEqualTo("INVALID_FRAME");
    }

    @Test
    void ticketsAreForServersToIssueAndForZonesThatThereAre() throws Exception {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> tickets(TestTokens.OPERATOR).issueTicket(IssueTicketRequest.getDefaultInstance()))
                .matches(e -> e.getStatus().getCode() == Status.Code.PERMISSION_DENIED);
        IssueTicketRequest good = IssueTicketRequest.newBuilder()
                .setZone("nowhere/0/0")
                .setRole(SessionRole.SESSION_ROLE_PLAYER)
                .setSubject("somebody")
                .build();
        for (IssueTicketRequest bad : List.of(
                good.toBuilder().setZone("nowhere").build(),
                good.toBuilder().clearRole().build(),
                good.toBuilder().setSubject("").build(),
                good.toBuilder().setSubject("x".repeat(129)).build(),
                good.toBuilder()
                        .setTimeToLive(Duration.newBuilder().setSeconds(Long.MAX_VALUE))
                        .build(),
                good.toBuilder()
                        .setTimeToLive(Duration.newBuilder().setSeconds(3601))
                        .build())) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .as("%s", bad)
                    .isThrownBy(() -> tickets(TestTokens.SERVER).issueTicket(bad))
                    .matches(e -> GrpcStatuses.findReason(e).orElse("").equals("INVALID_FIELD"));
        }
        ByteString ticket = tickets(TestTokens.SERVER).issueTicket(good).getTicket();
        assertThat(reason(RawSession.join(channel, "nowhere/0/0", ticket, 1, ByteString.EMPTY)))
                .isEqualTo("ZONE_NOT_FOUND");
    }

    @Test
    void zoneTakesAsManySessionsAsItMayAndInvalidFramesEndOne() throws Exception {
        List<RawSession> sessions = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            RawSession session = join();
            session.await(ServerFrame::hasWelcome);
            sessions.add(session);
        }
        assertThat(reason(join())).isEqualTo("ZONE_FULL");

        sessions.getFirst()
                .send(ClientFrame.newBuilder()
                        .addMovements(Movements.newBuilder().addHandles(1).addPositions(5)));
        assertThat(reason(sessions.getFirst())).isEqualTo("INVALID_FRAME");
        sessions.stream().skip(1).forEach(RawSession::leave);
    }

    @Test
    void zoneThatIsReleasedGoesOnUnderALargerEpoch() throws Exception {
        RawSession session = join();
        long epoch = session.await(ServerFrame::hasWelcome).getWelcome().getEpoch();
        operator().post(PATH + "/release").then().statusCode(204);
        assertThat(reason(session)).isEqualTo("ZONE_MOVED");
        assertThat(reason(join())).isEqualTo("ZONE_MOVED");
        eventually(() -> operator().get(PATH).then().statusCode(200).body("epoch", greaterThan((int) epoch)));
        RawSession after = join();
        assertThat(after.await(ServerFrame::hasWelcome).getWelcome().getEpoch()).isGreaterThan(epoch);
        after.leave();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        operator().get("/api/v1/zones/nowhere/0/0").then().statusCode(404).body("code", equalTo("ZONE_NOT_FOUND"));
        operator().get("/api/v1/zones/city/2/0").then().statusCode(404).body("code", equalTo("ZONE_NOT_FOUND"));
        operator().get("/api/v1/zones?limit=x").then().statusCode(400).body("code", equalTo("INVALID_LIMIT"));
        given().get(PATH).then().statusCode(401);
    }
}
