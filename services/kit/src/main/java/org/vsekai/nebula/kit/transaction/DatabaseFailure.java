package org.vsekai.nebula.kit.transaction;

import io.smallrye.mutiny.CompositeException;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure says about the database, however many layers wrap it.
 *
 * <p>The SQLSTATEs are those of PostgreSQL's appendix "Error Codes"; CockroachDB uses the same and adds 40003 for a
 * commit whose result it cannot tell.
 */
public final class DatabaseFailure {
    private static final int MAX_CAUSES = 32;

    private DatabaseFailure() {}

    /** The SQLSTATE that the server answered with; empty if the failure is not the server's answer. */
    public static Optional<String> findSqlState(Throwable failure) {
        return causes(failure).stream()
                .<@Nullable String>map(cause -> switch (cause) {
                    case PgException answer -> answer.getSqlState();
                    // Hibernate Reactive turns the driver's exception into this one.
                    case SQLException answer -> answer.getSQLState();
                    default -> null;
                })
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .findFirst();
    }

    /** Whether a unique key or index refused the change (SQLSTATE 23505). */
    public static boolean isUniqueViolation(Throwable failure) {
        return findSqlState(failure).filter("23505"::equals).isPresent();
    }

    /** Serialisation failure or deadlock: the server has rolled back and asks for another run. */
    static boolean asksForRetry(Throwable failure) {
        return findSqlState(failure)
                .filter(state -> state.equals("40001") || state.equals("40P01"))
                .isPresent();
    }

    /** The server did not say whether the commit took effect. */
    static boolean leavesCommitOpen(Throwable failure) {
        return findSqlState(failure)
                .map(state -> state.equals("40003") || isConnectionState(state))
                .orElseGet(() -> isConnectionLoss(failure));
    }

    static boolean isUnavailable(Throwable failure) {
        return findSqlState(failure).map(DatabaseFailure::isConnectionState).orElseGet(() -> isConnectionLoss(failure));
    }

    // 08: connection exceptions; 57P01..03: the server is shutting down or starting; 53300: too many connections.
    private static boolean isConnectionState(String state) {
        return state.startsWith("08") || state.startsWith("57P0") || state.equals("53300");
    }

    private static boolean isConnectionLoss(Throwable failure) {
        return causes(failure).stream()
                .anyMatch(cause -> cause instanceof IOException
                        || cause instanceof VertxException
                        || cause instanceof TimeoutException);
    }

    /** The failure and everything behind it, nearest first. */
    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>(List.of(failure));
        for (int i = 0; i < causes.size() && causes.size() < MAX_CAUSES; i++) {
            Throwable next = causes.get(i);
            if (next instanceof CompositeException several) {
                causes.addAll(several.getCauses());
            } else if (next.getCause() != null) {
                causes.add(next.getCause());
            }
        }
        return causes;
    }
}
