package org.vsekai.nebula.sync.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;
import static org.vsekai.nebula.sync.zone.ZoneAccess.create;
import static org.vsekai.nebula.sync.zone.ZoneAccess.id;
import static org.vsekai.nebula.sync.zone.ZoneAccess.move;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.AskDurability;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Created;
import org.vsekai.nebula.api.entities.v1.EntityState;
import org.vsekai.nebula.sync.testing.DurableWorld;
import org.vsekai.nebula.sync.testing.OneWorld;
import org.vsekai.nebula.sync.testing.RestartedDatabase;
import org.vsekai.nebula.sync.testing.SingleMember;

/** A zone whose persistent entities are kept in the database, and nowhere else. */
@QuarkusTest
@QuarkusTestResource(SingleMember.class)
@QuarkusTestResource(OneWorld.class)
@QuarkusTestResource(DurableWorld.class)
@QuarkusTestResource(RestartedDatabase.class)
class ZoneDatabaseIT {
    private static final String ZONE = "city/1/0";

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    private ZoneAccess zone;

    @BeforeEach
    void connect() {
        zone = new ZoneAccess(ZONE, grpcPort);
        zone.awaitHosted();
    }

    @AfterEach
    void disconnect() {
        zone.close();
    }

    /** As text; empty if there is no row. */
    private static String row(UUID id) {
        try (Connection connection = RestartedDatabase.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT zone, x, y, z, rotation, deleted, encode(components, 'hex') FROM entity_sync.entities"
                                + " WHERE id = '" + id + "'")) {
            StringBuilder text = new StringBuilder();
            if (row.next()) {
                for (int i = 1; i <= 7; i++) {
                    text.append(row.getString(i)).append(' ');
                }
            }
            return text.toString().strip();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void ask(RawSession session, int request) {
        session.send(ClientFrame.newBuilder()
                .setAskDurability(
                        AskDurability.newBuilder().setRequest(request).setLevel(AskDurability.Level.LEVEL_DATABASE)));
        session.await(frame -> frame.hasDurable()
                && frame.getDurable().getRequest() == request
                && frame.getDurable().getLevel() == AskDurability.Level.LEVEL_DATABASE);
    }

    private static EntityState told(RawSession session, UUID id) {
        return session.frames().stream()
                .flatMap(frame -> frame.getCellsList().stream())
                .flatMap(cell -> cell.getEnteredList().stream())
                .filter(state -> new UUID(
                                state.getId().asReadOnlyByteBuffer().getLong(),
                                state.getId().asReadOnlyByteBuffer().getLong(8))
                        .equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " was not told"));
    }

    @Test
    void persistentEntitiesAreRowsWhenTheAcknowledgementSaysSoAndOutliveTheZone() {
        RawSession session = zone.join();
        Created kept = create(session, 1, true);
        Created passing = create(session, 2, false);
        move(session, kept.getHandle(), 50_500);
        ask(session, 7);
        // A Component: number 3, value "full".
        assertThat(row(id(kept))).isEqualTo(ZONE + " 50500 -1 51000 " + 0xE0080200 + " f 0a080803120466756c6c");
        assertThat(row(id(passing))).isEmpty();
        zone.metrics().body(containsString("nebula_zone_database_flushes_total{zone=\"city/1/0\"}"));

        // What is not persistent goes with its owner.
        session.leave();
        eventually(() -> zone.get("/entities").body("items", hasSize(1)));
        zone.goThroughRelease();
        zone.get("/entities").body("items", hasSize(1)).body("items[0].x", equalTo(50_500));
        RawSession after = zone.join();
        eventually(() -> {
            EntityState state = told(after, id(kept));
            assertThat(state.getX()).isEqualTo(50_500);
            assertThat(state.getRotation()).isEqualTo(0xE0080200);
            assertThat(state.getOwner()).isZero();
            assertThat(state.getComponents(0).getNumber()).isEqualTo(3);
            assertThat(state.getComponents(0).getValue().toStringUtf8()).isEqualTo("full");
        });

        // What is deleted stays so.
        after.send(ClientFrame.newBuilder().addDelete(told(after, id(kept)).getHandle()));
        ask(after, 8);
        assertThat(row(id(kept))).endsWith(" t");
        zone.goThroughRelease();
        zone.get("/entities").body("items", hasSize(0));
        assertThat(row(id(kept))).endsWith(" t");
    }

    @Test
    void theLastChangesBeforeAReleaseAreWritten() {
        RawSession session = zone.join();
        Created kept = create(session, 3, true);
        for (int i = 0; i < 50; i++) {
            move(session, kept.getHandle(), 50_000 + i);
        }
        eventually(() -> zone.get("/entities").body("items[0].x", equalTo(50_049)));
        zone.goThroughRelease();
        zone.get("/entities").body("items", hasSize(1)).body("items[0].x", equalTo(50_049));
        RawSession after = zone.join();
        eventually(() -> told(after, id(kept)));
        after.send(ClientFrame.newBuilder().addDelete(told(after, id(kept)).getHandle()));
        ask(after, 9);
        after.leave();
    }

    @Test
    void anOwnerThatIsFencedOutEndsTheZoneAndTheNextOneLoadsIt() throws SQLException {
        RawSession session = zone.join();
        Created kept = create(session, 4, true);
        ask(session, 1);
        int epoch = zone.get("").extract().path("epoch");
        // As a later owner does. Claims are one sequence with all else in the ledger, so the node's next one is larger
        // than this.
        try (Connection connection = RestartedDatabase.connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "UPDATE entity_sync.fence SET token = " + (epoch + 1) + " WHERE resource = 'zone/" + ZONE + "'");
        }
        move(session, kept.getHandle(), 50_100);
        assertThat(session.end).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo("ZONE_MOVED");
        eventually(() -> zone.get("").statusCode(200).body("epoch", greaterThan(epoch)));
        RawSession after = zone.join();
        eventually(() -> told(after, id(kept)));
        after.send(ClientFrame.newBuilder().addDelete(told(after, id(kept)).getHandle()));
        ask(after, 2);
        after.leave();
    }
}
