package org.vsekai.nebula.kit.transaction;

import io.quarkus.arc.InjectableInstance;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;

/**
 * As {@link Transactions}, on the client's own connections: for a service that writes many rows with few statements and has nothing mapped by
 * Hibernate. Its database may be left out at run time. Thread-safe.
 */
@ApplicationScoped
public class PoolTransactions {
    private final InjectableInstance<Pool> pools;
    private final Attempts attempts;

    PoolTransactions(InjectableInstance<Pool> pools, TransactionsConfig config) {
        this.pools = pools;
        this.attempts = new Attempts(config);
    }

    /** Whether a database is configured; without one no transaction may be begun. */
    public boolean isConfigured() {
        return pools.isResolvable() && pools.getHandle().getBean().isActive();
    }

    /**
     * Runs the function in a transaction and commits; it must have no effect outside the database. Fails as {@link
     * Transactions#inTransaction} does.
     *
     * @param work called once per run
     */
    public <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work) {
        return Uni.createFrom()
                .deferred(() -> attempts.run(committing -> pools.get()
                        .withTransaction(connection -> work.apply(connection).invoke(committing))));
    }
}
