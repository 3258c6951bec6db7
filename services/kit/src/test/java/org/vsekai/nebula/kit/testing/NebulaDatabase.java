package org.vsekai.nebula.kit.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.migrations.Migrations;
import org.vsekai.nebula.migrations.ServiceSchema;
import org.vsekai.nebula.parts.EmbeddedPostgres;

/**
 * A migrated PostgreSQL for a Quarkus test: {@code @QuarkusTestResource(value = NebulaDatabase.class, initArgs =
 * @ResourceArg(name = "service", value = "updater"))}.
 *
 * <p>One server serves the whole test JVM and logs every statement below {@code target/sql-log}. It ends with the JVM.
 */
public final class NebulaDatabase implements QuarkusTestResourceLifecycleManager {
    private static final String PASSWORD = "test-password";

    private static @Nullable EmbeddedPostgres server;

    private ServiceSchema service = ServiceSchema.UPDATER;

    /** The server of this JVM, started at first use. */
    public static synchronized EmbeddedPostgres server() {
        if (server == null) {
            EmbeddedPostgres started = EmbeddedPostgres.builder()
                    .logStatements(Path.of("target", "sql-log").toAbsolutePath())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "stop-postgres"));
            server = started;
        }
        return server;
    }

    /** A superuser's connection to the database {@code nebula}, for looking and for breaking things. */
    public static Connection connect() throws SQLException {
        return DriverManager.getConnection(server().jdbcUrl(Migrations.DATABASE), server().user(), server().password());
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
        EmbeddedPostgres postgres = server();
        Migrations migrations = new Migrations(postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
        migrations.migrate(Map.of(service, PASSWORD));
        Map<String, String> config = new HashMap<>(TestTokens.config());
        config.put("quarkus.datasource.reactive.url", postgres.reactiveUrl(Migrations.DATABASE));
        config.put("quarkus.datasource.username", service.role());
        config.put("quarkus.datasource.password", PASSWORD);
        return config;
    }

    @Override
    public void stop() {
        // The next test class of this JVM goes on with the same server.
    }
}
