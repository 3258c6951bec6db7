package org.vsekai.nebula.kit.transaction;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import java.util.function.Supplier;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Runs functions as serialisable transactions.
 *
 * <p>A serialisable database refuses what cannot be ordered with SQLSTATE 40001, at any statement or at the commit, and
 * expects the client to run the transaction again from its first read. So the whole function runs again, with a new
 * session, after a random pause that grows; it must therefore have no effect outside the database.
 *
 * <p>Each transaction has a Vert.x context of its own, so any number may run at once, from any thread. Thread-safe.
 */
@ApplicationScoped
public class Transactions {
    private static final Object IN_TRANSACTION = new Object();

    private final Vertx vertx;
    private final Attempts attempts;

    Transactions(Vertx vertx, TransactionsConfig config) {
        this.vertx = vertx;
        this.attempts = new Attempts(config);
    }

    /**
     * Runs the function in a transaction and commits. Inside it Panache repositories and {@code Panache.getSession()}
     * work on the transaction's session.
     *
     * <p>Failures: what the function failed with, unchanged; {@link ContentionException} when every run collided;
     * {@link DatabaseUnavailableException} when the database was not there and nothing was done;
     * {@link OutcomeUnknownException} when the connection was lost during the commit.
     *
     * @param work called once per run; transactions do not nest
     */
    public <T> Uni<T> inTransaction(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            Context caller = vertx.getOrCreateContext();
            if (VertxContext.isDuplicatedContext(caller) && caller.getLocal(IN_TRANSACTION) != null) {
                return Uni.createFrom()
                        .failure(() -> new IllegalStateException("a transaction was begun inside a transaction"));
            }
            // Whatever follows, a timer or another transaction, must not find itself on the transaction's context.
            return attempts.run(committing -> run(work, committing, caller))
                    .emitOn(task -> caller.runOnContext(ignored -> task.run()));
        });
    }

    private static <T> Uni<T> run(Supplier<Uni<T>> work, Runnable committing, Context origin) {
        return onOwnContext(
                origin,
                () -> Panache.withTransaction(() -> work.get()
                        // Flushed here, so that whatever fails from now on is the COMMIT itself.
                        .call(() -> Panache.getSession().flatMap(Mutiny.Session::flush))
                        .invoke(committing)));
    }

    /** Hibernate Reactive keeps the session in the Vert.x context, so two transactions must not share one. */
    private static <T> Uni<T> onOwnContext(Context origin, Supplier<Uni<T>> work) {
        return Uni.createFrom().emitter(emitter -> {
            Context own = Objects.requireNonNull(VertxContext.createNewDuplicatedContext(origin));
            VertxContextSafetyToggle.setContextSafe(own, true);
            own.putLocal(IN_TRANSACTION, Boolean.TRUE);
            own.runOnContext(ignored -> {
                try {
                    work.get().subscribe().with(emitter::complete, emitter::fail);
                } catch (RuntimeException e) {
                    emitter.fail(e);
                }
            });
        });
    }
}
