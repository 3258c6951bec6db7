package org.vsekai.nebula.sync.database;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.vsekai.nebula.zones.DurableRows;

/**
 * Rows for one transaction, by columns, as the client takes them; at most one of each id. Immutable once made, so that it can be written
 * again.
 *
 * @param last whether the walk ended with it
 */
record Batch(Columns columns, boolean last) {
    /** Arrays of one length. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and never changed once filled.
    record Columns(
            UUID[] id,
            Integer[] x,
            Integer[] y,
            Integer[] z,
            Integer[] rotation,
            Integer[] crossings,
            Long[] epoch,
            Integer[] sequence,
            Boolean[] deleted,
            Buffer[] components) {
        private Columns(int size) {
            this(
                    new UUID[size],
                    new Integer[size],
                    new Integer[size],
                    new Integer[size],
                    new Integer[size],
                    new Integer[size],
                    new Long[size],
                    new Integer[size],
                    new Boolean[size],
                    new Buffer[size]);
        }
    }

    /** A copy. */
    static Batch of(DurableRows rows, boolean last) {
        // A statement may not write a row twice: of an entity that was deleted and created anew, what is newer and
        // alive goes.
        Map<UUID, Integer> newest = HashMap.newHashMap(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            newest.merge(
                    new UUID(rows.idHigh(i), rows.idLow(i)),
                    i,
                    (one, other) -> isNewer(rows, other, one) ? other : one);
        }
        Columns columns = new Columns(newest.size());
        int at = 0;
        for (Map.Entry<UUID, Integer> entry : newest.entrySet()) {
            int i = entry.getValue();
            columns.id[at] = entry.getKey();
            columns.x[at] = rows.x(i);
            columns.y[at] = rows.y(i);
            columns.z[at] = rows.z(i);
            columns.rotation[at] = rows.rotation(i);
            columns.crossings[at] = rows.crossings(i);
            columns.epoch[at] = rows.epoch(i);
            columns.sequence[at] = rows.sequence(i);
            columns.deleted[at] = rows.deleted(i);
            columns.components[at] = Buffer.buffer(rows.components(i));
            at++;
        }
        return new Batch(columns, last);
    }

    private static boolean isNewer(DurableRows rows, int one, int other) {
        int order = Integer.compare(rows.crossings(one), rows.crossings(other));
        order = order != 0 ? order : Long.compare(rows.epoch(one), rows.epoch(other));
        order = order != 0 ? order : Integer.compare(rows.sequence(one), rows.sequence(other));
        return order > 0 || order == 0 && !rows.deleted(one);
    }

    int size() {
        return columns.id.length;
    }
}
