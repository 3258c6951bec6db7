package org.vsekai.nebula.sync.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;
import static org.vsekai.nebula.sync.zone.ZoneAccess.create;
import static org.vsekai.nebula.sync.zone.ZoneAccess.id;
import static org.vsekai.nebula.sync.zone.ZoneAccess.move;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.Created;
import org.vsekai.nebula.sync.testing.DurableWorld;
import org.vsekai.nebula.sync.testing.OneWorld;
import org.vsekai.nebula.sync.testing.RestartedDatabase;
import org.vsekai.nebula.sync.testing.SingleMember;

/** The database is away, at moments that nobody chose, while a zone runs and while it is loaded. */
@QuarkusTest
@QuarkusTestResource(SingleMember.class)
@QuarkusTestResource(OneWorld.class)
@QuarkusTestResource(DurableWorld.class)
@QuarkusTestResource(RestartedDatabase.class)
class ZoneDatabaseRestartIT {
    private static final int ENTITIES = 300;

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    @AfterEach
    void leaveADatabase() {
        RestartedDatabase.ensureStarted();
    }

    private static int x(UUID id) {
        try (Connection connection = RestartedDatabase.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT x FROM entity_sync.entities WHERE id = '" + id + "'")) {
            return row.next() ? row.getInt(1) : -1;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aZoneGoesOnWhileItsDatabaseIsAwayAndIsNotLoadedWithoutIt() throws Exception {
        assumeTrue(RestartedDatabase.isOwn(), "the given database is not this test's to stop");
        try (ZoneAccess zone = new ZoneAccess("city/0/0", grpcPort)) {
            zone.awaitHosted();
            RawSession session = zone.join();
            Created[] made = new Created[ENTITIES];
            for (int i = 0; i < ENTITIES; i++) {
                made[i] = create(session, i, true);
            }
            UUID last = id(made[ENTITIES - 1]);
            eventually(() -> assertThat(x(last)).isEqualTo(50_000 + ENTITIES - 1));

            AtomicBoolean moving = new AtomicBoolean(true);
            Thread mover = Thread.ofVirtual().start(() -> {
                for (int step = 1; moving.get(); step++) {
                    for (Created entity : made) {
                        move(session, entity.getHandle(), 40_000 + step);
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
                }
            });
            for (int i = 0; i < 3; i++) {
                RestartedDatabase.stopServer();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300 + 700L * i));
                RestAssured.get("/q/health/ready").then().statusCode(200);
                RestartedDatabase.startServer();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1500));
            }
            moving.set(false);
            mover.join();
            move(session, made[0].getHandle(), 30_000);
            move(session, made[ENTITIES - 1].getHandle(), 30_001);
            eventually(() -> assertThat(x(id(made[0]))).isEqualTo(30_000));
            eventually(() -> assertThat(x(last)).isEqualTo(30_001));

            int epoch = zone.get("").extract().path("epoch");
            RestartedDatabase.stopServer();
            zone.release();
            eventually(() -> zone.get("").statusCode(503));
            // Long enough for several attempts.
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(8));
            zone.get("").statusCode(503);
            RestartedDatabase.startServer();
            eventually(() -> zone.get("").statusCode(200).body("epoch", greaterThan(epoch)));
            zone.get("/entities?limit=1000").body("items", hasSize(ENTITIES));
            zone.get("/entities?limit=1000").body("items.find { it.id == '" + last + "' }.x", equalTo(30_001));
        }
    }
}
