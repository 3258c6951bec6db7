package org.vsekai.nebula.kit.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.migrations.Migrations;
import org.vsekai.nebula.migrations.ServiceSchema;

/**
 * A migrated database for a Quarkus test: {@code @QuarkusTestResource(value = NebulaDatabase.class, initArgs =
 * @ResourceArg(name = "service", value = "updater"))}.
 *
 * <p>One server serves the whole test JVM: an embedded PostgreSQL, which logs every statement below {@code target/sql-log}
 * and ends with the JVM, or the one, for example a CockroachDB, that the environment variable NEBULA_TEST_DATABASE_URL names
 * as {@code postgresql://user:password@host:port/} with a superuser. There the tests drop and make the database {@code nebula}.
 */
public final class NebulaDatabase implements QuarkusTestResourceLifecycleManager {
    private static final String PASSWORD = "test-password";

    private static @Nullable DatabaseServer server;

    private ServiceSchema service = ServiceSchema.UPDATER;

    /** The server of this JVM, made ready at first use. */
    public static synchronized DatabaseServer server() {
        if (server == null) {
            String url = System.getenv(DatabaseServer.VARIABLE);
            server = url == null || url.isBlank() ? DatabaseServer.embedded() : DatabaseServer.given(url);
        }
        return server;
    }

    /** A superuser's connection to the database {@code nebula}, for looking and for breaking things. */
    public static Connection connect() throws SQLException {
        return server().connect(Migrations.DATABASE);
    }

    @Override
    public void init(Map<String, String> arguments) {
        String name = arguments.get("service");
        if (name == null) {
            throw new IllegalArgumentException("NebulaDatabase needs the argument service, for example updater");
        }
        service = ServiceSchema.valueOf(name.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    @Override
    public Map<String, String> start() {
        DatabaseServer server = server();
        Migrations migrations =
                new Migrations(server.jdbcUrl(server.adminDatabase()), server.user(), server.password());
        migrations.migrate(Map.of(service, PASSWORD));
        Map<String, String> config = new HashMap<>(TestTokens.config());
        config.put("quarkus.datasource.reactive.url", server.reactiveUrl(Migrations.DATABASE));
        config.put("quarkus.datasource.username", service.role());
        config.put("quarkus.datasource.password", PASSWORD);
        return config;
    }

    @Override
    public void stop() {
        // The next test class of this JVM goes on with the same server.
    }
}
