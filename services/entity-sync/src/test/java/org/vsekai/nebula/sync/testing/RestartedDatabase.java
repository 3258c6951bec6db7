package org.vsekai.nebula.sync.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.migrations.Migrations;
import org.vsekai.nebula.migrations.ServiceSchema;
import org.vsekai.nebula.parts.EmbeddedPostgres;

/**
 * The database of all tests of entity-sync, since a JVM can run one instance of it: one that a test may stop and start, and which logs every
 * statement below {@code target/sql-log}; or the one that NEBULA_TEST_DATABASE_URL names, which stays as it is.
 */
public final class RestartedDatabase implements QuarkusTestResourceLifecycleManager {
    private static final String PASSWORD = "test-password";

    private static @Nullable EmbeddedPostgres server;
    private static @Nullable Path folder;
    private static int port;

    @Override
    public Map<String, String> start() {
        registerDriver();
        if (!isOwn()) {
            NebulaDatabase given = new NebulaDatabase();
            given.init(Map.of("service", "entity-sync"));
            return given.start();
        }
        try {
            folder = Files.createTempDirectory("nebula-restarted-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = MemberProcess.freePort();
        startServer();
        EmbeddedPostgres started = Objects.requireNonNull(server);
        new Migrations(started.jdbcUrl("postgres"), started.user(), started.password())
                .migrate(Map.of(ServiceSchema.ENTITY_SYNC, PASSWORD));
        return Map.of(
                "quarkus.datasource.reactive.url", started.reactiveUrl(Migrations.DATABASE),
                "quarkus.datasource.username", ServiceSchema.ENTITY_SYNC.role(),
                "quarkus.datasource.password", PASSWORD);
    }

    /** DriverManager looks for drivers once, by the class loader of whoever asks first, and gives each caller those of its own loader. */
    private static void registerDriver() {
        try {
            for (ClassLoader loader :
                    List.of(RestartedDatabase.class.getClassLoader(), Migrations.class.getClassLoader())) {
                Class.forName("org.postgresql.Driver", true, loader);
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it may be stopped. */
    public static boolean isOwn() {
        String given = System.getenv("NEBULA_TEST_DATABASE_URL");
        return given == null || given.isBlank();
    }

    /** With what was committed before. */
    public static void startServer() {
        server = EmbeddedPostgres.builder()
                .folder(Objects.requireNonNull(folder).resolve("data"))
                .port(port)
                .logStatements(Path.of("target", "sql-log").toAbsolutePath())
                .start();
    }

    /** Whatever a test that failed has left. */
    public static void ensureStarted() {
        if (isOwn() && !Objects.requireNonNull(server).isRunning()) {
            startServer();
        }
    }

    public static void stopServer() {
        Objects.requireNonNull(server).close();
    }

    /** A superuser's. */
    public static Connection connect() throws SQLException {
        if (!isOwn()) {
            return NebulaDatabase.connect();
        }
        EmbeddedPostgres running = Objects.requireNonNull(server);
        return DriverManager.getConnection(running.jdbcUrl(Migrations.DATABASE), running.user(), running.password());
    }

    @Override
    public void stop() {
        if (!isOwn()) {
            return;
        }
        stopServer();
        try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
