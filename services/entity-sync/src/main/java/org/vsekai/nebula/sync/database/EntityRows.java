package org.vsekai.nebula.sync.database;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.transaction.PoolTransactions;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.DurableRows;

/**
 * The table {@code entities}. Whatever is called with an epoch fails with {@link FencedOutException} once a later owner has come, and has
 * changed nothing then. Thread-safe.
 */
@ApplicationScoped
class EntityRows {
    /** Lists as parameters: one statement for any number of rows. An older row never replaces a newer one, nor a row itself. */
    private static final String WRITE = """
            INSERT INTO entities (id, zone, x, y, z, rotation, crossings, epoch, sequence, deleted, components,\
             inserted_at, updated_at)\
             SELECT w.id, $1::varchar, w.x, w.y, w.z, w.rotation, w.crossings, w.epoch, w.sequence, w.deleted, w.components,\
             $2::timestamptz, $2::timestamptz\
             FROM unnest($3::uuid[], $4::int4[], $5::int4[], $6::int4[], $7::int4[], $8::int4[], $9::int8[], $10::int4[],\
             $11::bool[], $12::bytea[])\
             AS w (id, x, y, z, rotation, crossings, epoch, sequence, deleted, components)\
             ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, x = excluded.x, y = excluded.y, z = excluded.z,\
             rotation = excluded.rotation, crossings = excluded.crossings, epoch = excluded.epoch,\
             sequence = excluded.sequence, deleted = excluded.deleted, components = excluded.components,\
             updated_at = excluded.updated_at\
             WHERE (entities.crossings, entities.epoch, entities.sequence)\
             < (excluded.crossings, excluded.epoch, excluded.sequence)""";

    private static final String COLUMNS =
            "SELECT id, x, y, z, rotation, crossings, epoch, sequence, deleted, components FROM entities";
    private static final String FIRST_PAGE = COLUMNS + " WHERE zone = $1 ORDER BY id LIMIT $2";
    private static final String NEXT_PAGE = COLUMNS + " WHERE zone = $1 AND id > $3 ORDER BY id LIMIT $2";
    private static final String REMOVE = "DELETE FROM entities WHERE id IN"
            + " (SELECT id FROM entities WHERE zone = $1 AND deleted AND updated_at < $2 LIMIT $3)";

    private final PoolTransactions transactions;
    private final Clock clock;

    EntityRows(PoolTransactions transactions, Clock clock) {
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Whether there is a database to keep entities in. */
    boolean isConfigured() {
        return transactions.isConfigured();
    }

    private static String resource(ZoneName zone) {
        return "zone/" + zone;
    }

    /** From now on no owner before this one writes anything. */
    Uni<Void> claim(ZoneName zone, long epoch) {
        return transactions.inTransaction(connection -> Fences.fence(connection, resource(zone), epoch));
    }

    /**
     * Writes those rows of the batch that are newer than what is there: a second time it changes nothing.
     *
     * @return how many that were
     */
    Uni<Integer> write(ZoneName zone, long epoch, Batch batch) {
        Batch.Columns columns = batch.columns();
        Tuple parameters = Tuple.tuple()
                .addValue(zone.toString())
                .addValue(now())
                .addValue(columns.id())
                .addValue(columns.x())
                .addValue(columns.y())
                .addValue(columns.z())
                .addValue(columns.rotation())
                .addValue(columns.crossings())
                .addValue(columns.epoch())
                .addValue(columns.sequence())
                .addValue(columns.deleted())
                .addValue(columns.components());
        return transactions.inTransaction(connection -> Fences.fence(connection, resource(zone), epoch)
                .chain(() -> connection.preparedQuery(WRITE).execute(parameters))
                .map(RowSet::rowCount));
    }

    /**
     * Reads the zone's rows in the order of their ids, deleted ones too.
     *
     * @param after the last id of the page before; empty: from the first one on
     * @param most rows, no more than {@code into} holds
     * @return the last id; empty if these were the last rows
     */
    Uni<Optional<UUID>> read(ZoneName zone, Optional<UUID> after, int most, DurableRows into) {
        return transactions
                .inTransaction(connection -> after.map(
                                id -> connection.preparedQuery(NEXT_PAGE).execute(Tuple.of(zone.toString(), most, id)))
                        .orElseGet(() -> connection.preparedQuery(FIRST_PAGE).execute(Tuple.of(zone.toString(), most))))
                .map(rows -> fill(rows, most, into));
    }

    private static Optional<UUID> fill(RowSet<Row> rows, int most, DurableRows into) {
        into.clear();
        Optional<UUID> last = Optional.empty();
        for (Row row : rows) {
            UUID id = row.getUUID(0);
            into.add(
                    id.getMostSignificantBits(),
                    id.getLeastSignificantBits(),
                    row.getInteger(1),
                    row.getInteger(2),
                    row.getInteger(3),
                    row.getInteger(4),
                    row.getInteger(5),
                    row.getLong(6),
                    row.getInteger(7),
                    row.getBoolean(8),
                    row.getBuffer(9).getBytes());
            last = Optional.of(id);
        }
        return rows.size() < most ? Optional.empty() : last;
    }

    /**
     * Removes rows of entities that were deleted longer ago than {@code age}.
     *
     * @return how many, {@code most} at most
     */
    Uni<Integer> removeDeleted(ZoneName zone, long epoch, Duration age, int most) {
        OffsetDateTime before = now().minus(age);
        return transactions.inTransaction(connection -> Fences.fence(connection, resource(zone), epoch)
                .chain(() -> connection.preparedQuery(REMOVE).execute(Tuple.of(zone.toString(), before, most)))
                .map(RowSet::rowCount));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
