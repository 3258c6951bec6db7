package org.vsekai.nebula.kit.fence;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import org.vsekai.nebula.kit.transaction.Transactions;

/**
 * Rows of the table {@code fence} in the service's own schema, one for each resource: the token of whoever wrote it last. They
 * only grow and are never removed: however late a writer wakes up, the row is there and its token too old.
 *
 * <p>A writer {@link #prepare}s the row, and its transaction begins with {@link #fence}. Whoever decides the fate of a write
 * without its writer first {@link #shutOut}s it and then looks. Both update one row, so in a serialisable database one comes
 * first: the writer's transaction, and then the look sees what it did; or the shutting out, and then the transaction fails.
 * Thread-safe.
 */
@ApplicationScoped
public class Fences {
    private static final String PREPARE =
            "INSERT INTO fence (resource, token) VALUES (:resource, 0) ON CONFLICT (resource) DO NOTHING";
    private static final String FENCE =
            "UPDATE fence SET token = :token WHERE resource = :resource AND token <= :token";
    private static final String SHUT_OUT = "INSERT INTO fence (resource, token) VALUES (:resource, :token)"
            + " ON CONFLICT (resource) DO UPDATE SET token = greatest(fence.token, excluded.token)";

    /** As {@link #PREPARE} and {@link #FENCE} in one. */
    private static final String CLAIM = "INSERT INTO fence (resource, token) VALUES ($1, $2)"
            + " ON CONFLICT (resource) DO UPDATE SET token = excluded.token WHERE fence.token <= excluded.token";

    private final Transactions transactions;

    Fences(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Makes the row if there is none, in a transaction of its own: a writer's one must find it. */
    public Uni<Void> prepare(String resource) {
        return transactions.inTransaction(
                () -> Panache.getSession().flatMap(session -> session.createNativeQuery(PREPARE)
                        .setParameter("resource", resource)
                        .executeUpdate()
                        .replaceWithVoid()));
    }

    /** To be called first in the transaction that it guards. Fails with {@link FencedOutException}. */
    public Uni<Void> fence(String resource, long token) {
        return update(FENCE, resource, token).map(rows -> {
            if (rows != 1) {
                throw new FencedOutException(resource, token);
            }
            return null;
        });
    }

    /**
     * The same on a connection of the caller's own, in its transaction, and for writers whose tokens are claims, which nobody settles after
     * them: a row that is not there is made.
     */
    public static Uni<Void> fence(SqlConnection connection, String resource, long token) {
        return connection
                .preparedQuery(CLAIM)
                .execute(Tuple.of(resource, token))
                .map(rows -> {
                    if (rows.rowCount() != 1) {
                        throw new FencedOutException(resource, token);
                    }
                    return null;
                });
    }

    /**
     * From now on nobody can write the resource with this token or an older one, in a transaction of its own. Those who came
     * later are not concerned: tokens are one sequence, so the next number is no writer's before them.
     */
    public Uni<Void> shutOut(String resource, long token) {
        return transactions.inTransaction(
                () -> update(SHUT_OUT, resource, Math.addExact(token, 1)).replaceWithVoid());
    }

    private static Uni<Integer> update(String sql, String resource, long token) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(sql)
                .setParameter("resource", resource)
                .setParameter("token", token)
                .executeUpdate());
    }
}
