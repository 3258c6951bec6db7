package org.vsekai.nebula.sync.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.sync.testing.DurableWorld;
import org.vsekai.nebula.sync.testing.OneWorld;
import org.vsekai.nebula.sync.testing.RestartedDatabase;
import org.vsekai.nebula.sync.testing.SingleMember;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.DurableRows;

@QuarkusTest
@QuarkusTestResource(SingleMember.class)
@QuarkusTestResource(OneWorld.class)
@QuarkusTestResource(DurableWorld.class)
@QuarkusTestResource(RestartedDatabase.class)
class EntityRowsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    EntityRows table;

    private static void add(
            DurableRows rows, UUID id, int x, int crossings, long epoch, int sequence, boolean deleted) {
        rows.add(
                id.getMostSignificantBits(),
                id.getLeastSignificantBits(),
                x,
                -2,
                Integer.MIN_VALUE,
                0xE0080200,
                crossings,
                epoch,
                sequence,
                deleted,
                new byte[] {10, 2, 8, 3});
    }

    private static Batch one(UUID id, int x, int crossings, long epoch, int sequence, boolean deleted) {
        DurableRows rows = new DurableRows(1);
        add(rows, id, x, crossings, epoch, sequence, deleted);
        return Batch.of(rows, true);
    }

    private int write(ZoneName zone, long epoch, Batch batch) {
        return await(table.write(zone, epoch, batch));
    }

    private static <T> T await(Uni<T> work) {
        return work.await().atMost(PATIENCE);
    }

    private List<String> all(ZoneName zone, int most) {
        List<String> found = new ArrayList<>();
        DurableRows rows = new DurableRows(most);
        Optional<UUID> last = Optional.empty();
        do {
            last = await(table.read(zone, last, most, rows));
            for (int i = 0; i < rows.size(); i++) {
                found.add(new UUID(rows.idHigh(i), rows.idLow(i)) + " " + rows.x(i) + " " + rows.crossings(i) + " "
                        + rows.epoch(i) + " " + rows.sequence(i) + " " + rows.deleted(i));
                assertThat(rows.y(i)).isEqualTo(-2);
                assertThat(rows.z(i)).isEqualTo(Integer.MIN_VALUE);
                assertThat(rows.rotation(i)).isEqualTo(0xE0080200);
                assertThat(rows.components(i)).containsExactly(10, 2, 8, 3);
            }
        } while (last.isPresent());
        return found;
    }

    private static List<Long> query(String sql) throws SQLException {
        try (Connection connection = RestartedDatabase.connect();
                Statement statement = connection.createStatement()) {
            List<Long> found = new ArrayList<>();
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        found.add(rows.getLong(1));
                    }
                }
            }
            return found;
        }
    }

    @Test
    void aBatchThatIsWrittenAgainChangesNothing() throws SQLException {
        ZoneName zone = new ZoneName("again", 0, 0);
        DurableRows rows = new DurableRows(500);
        for (int i = 0; i < 500; i++) {
            add(rows, UUID.randomUUID(), i, 0, 7, 40, false);
        }
        Batch batch = Batch.of(rows, false);
        assertThat(write(zone, 7, batch)).isEqualTo(500);
        List<String> before = all(zone, 1000);
        String versions = "SELECT xmin::text::bigint FROM entity_sync.entities WHERE zone = 'again/0/0' ORDER BY id";
        List<Long> writers = query(versions);
        assertThat(write(zone, 7, batch)).isZero();
        assertThat(all(zone, 1000)).isEqualTo(before).hasSize(500);
        assertThat(query(versions)).isEqualTo(writers);
    }

    @Test
    void whatIsNewerGoesByCrossingsThenEpochThenSequence() {
        ZoneName zone = new ZoneName("order", 0, 0);
        ZoneName other = new ZoneName("order", 1, 0);
        UUID id = UUID.randomUUID();
        assertThat(write(zone, 5, one(id, 1, 0, 5, 10, false))).isEqualTo(1);
        assertThat(write(zone, 5, one(id, 2, 0, 5, 9, false))).isZero();
        assertThat(write(zone, 5, one(id, 3, 0, 5, 11, false))).isEqualTo(1);
        assertThat(write(zone, 6, one(id, 4, 0, 6, 1, false))).isEqualTo(1);
        assertThat(write(zone, 6, one(id, 5, 0, 5, 99, false))).isZero();
        // It has gone to another zone, whose epoch may be a smaller one.
        assertThat(write(other, 2, one(id, 6, 1, 2, 1, false))).isEqualTo(1);
        assertThat(write(zone, 6, one(id, 7, 0, 6, 100, true))).isZero();
        assertThat(all(zone, 10)).isEmpty();
        assertThat(all(other, 10)).containsExactly(id + " 6 1 2 1 false");
    }

    @Test
    void anEarlierOwnerIsFencedOutAndChangesNothing() {
        ZoneName zone = new ZoneName("fenced", 0, 0);
        UUID id = UUID.randomUUID();
        write(zone, 8, one(id, 1, 0, 8, 1, false));
        await(table.claim(zone, 9));
        assertThatThrownBy(() -> write(zone, 8, one(id, 2, 0, 8, 2, false))).isInstanceOf(FencedOutException.class);
        assertThatThrownBy(() -> await(table.claim(zone, 8))).isInstanceOf(FencedOutException.class);
        assertThatThrownBy(() -> await(table.removeDeleted(zone, 8, Duration.ZERO, 10)))
                .isInstanceOf(FencedOutException.class);
        assertThat(all(zone, 10)).containsExactly(id + " 1 0 8 1 false");
        assertThat(write(zone, 9, one(id, 3, 0, 9, 1, false))).isEqualTo(1);
    }

    @Test
    void pagesHoldEveryRowOfTheZoneOnceAndNoOther() {
        ZoneName zone = new ZoneName("pages", 0, 0);
        DurableRows rows = new DurableRows(60);
        for (int i = 0; i < 60; i++) {
            // Ids with their sign bit set are in the order of the database, not in Java's.
            add(rows, UUID.randomUUID(), i, 0, 3, 1, i % 2 == 0);
        }
        write(zone, 3, Batch.of(rows, true));
        write(new ZoneName("pages", 1, 0), 3, one(UUID.randomUUID(), 1, 0, 3, 1, false));
        List<String> all = all(zone, 1000);
        assertThat(all).hasSize(60).doesNotHaveDuplicates();
        assertThat(all(zone, 7)).isEqualTo(all);
        assertThat(all(zone, 20)).isEqualTo(all);
    }

    @Test
    void ofOneEntityInABatchTheNewerRowIsWrittenAndTheLivingOne() {
        ZoneName zone = new ZoneName("twice", 0, 0);
        UUID id = UUID.randomUUID();
        DurableRows rows = new DurableRows(3);
        add(rows, id, 1, 0, 3, 5, true);
        add(rows, id, 2, 0, 3, 5, false);
        add(rows, id, 3, 0, 3, 4, false);
        Batch batch = Batch.of(rows, true);
        assertThat(batch.size()).isEqualTo(1);
        write(zone, 3, batch);
        assertThat(all(zone, 10)).containsExactly(id + " 2 0 3 5 false");
    }

    @Test
    void deletedRowsAreRemovedOnceTheyAreOldEnoughAFewAtATime() throws SQLException {
        ZoneName zone = new ZoneName("tombs", 0, 0);
        DurableRows rows = new DurableRows(10);
        for (int i = 0; i < 10; i++) {
            add(rows, UUID.randomUUID(), i, 0, 3, 1, i < 7);
        }
        write(zone, 3, Batch.of(rows, true));
        assertThat(await(table.removeDeleted(zone, 3, Duration.ofHours(24), 5))).isZero();
        query("UPDATE entity_sync.entities SET updated_at = updated_at - INTERVAL '25 hours' WHERE zone = 'tombs/0/0'"
                + " AND x < 6");
        assertThat(await(table.removeDeleted(zone, 3, Duration.ofHours(24), 5))).isEqualTo(5);
        assertThat(await(table.removeDeleted(zone, 3, Duration.ofHours(24), 5))).isEqualTo(1);
        assertThat(all(zone, 10)).hasSize(4);
    }
}
