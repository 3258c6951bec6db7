package org.vsekai.nebula.kit.schema;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowIterator;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.transaction.DatabaseFailure;

/** Down until the database answers and has the expected schema version; looks anew each time it is asked. */
@Readiness
class SchemaCheck implements AsyncHealthCheck {
    /** The two SQLSTATEs for a table or a schema that is not there. */
    private static final String UNDEFINED_TABLE = "42P01";

    private static final String INVALID_SCHEMA = "3F000";

    private final Pool pool;
    private final SchemaConfig config;
    private final String query;

    SchemaCheck(Pool pool, SchemaConfig config) {
        if (!config.name().matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "nebula.schema.name must be a lower-case SQL name, not " + config.name());
        }
        this.pool = pool;
        this.config = config;
        this.query = "SELECT version FROM " + config.name() + ".flyway_schema_history"
                + " WHERE success AND version IS NOT NULL ORDER BY installed_rank DESC LIMIT 1";
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return pool.query(query)
                .execute()
                .map(rows -> {
                    RowIterator<Row> iterator = rows.iterator();
                    return compare(iterator.hasNext() ? iterator.next().getString(0) : null);
                })
                .ifNoItem()
                .after(config.timeout())
                .fail()
                .onFailure()
                .recoverWithItem(this::unreadable);
    }

    private HealthCheckResponse compare(@Nullable String found) {
        if (config.expected().equals(found)) {
            return HealthCheckResponse.named("schema")
                    .up()
                    .withData("version", config.expected())
                    .build();
        }
        return down("schema " + config.name() + " has version " + (found == null ? "none" : found)
                + " but this service expects " + config.expected() + "; run the migrations of the same release");
    }

    private HealthCheckResponse unreadable(Throwable failure) {
        Optional<String> state = DatabaseFailure.findSqlState(failure);
        if (state.filter(code -> code.equals(UNDEFINED_TABLE) || code.equals(INVALID_SCHEMA))
                .isPresent()) {
            return compare(null);
        }
        return down("the database does not answer the schema check: "
                + state.map(code -> "SQLSTATE " + code)
                        .orElseGet(
                                () -> failure.getClass().getSimpleName() + ", " + String.valueOf(failure.getMessage()))
                + "; check NEBULA_DATABASE_URL and that the database runs");
    }

    private static HealthCheckResponse down(String reason) {
        return HealthCheckResponse.named("schema")
                .down()
                .withData("reason", reason)
                .build();
    }
}
