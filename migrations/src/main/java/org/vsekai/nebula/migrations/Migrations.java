package org.vsekai.nebula.migrations;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * Creates the database {@value #DATABASE}, the roles and the schemas, runs the migrations and grants each role what its
 * service needs: to read and write its own tables, and to read its migration history.
 *
 * <p>Every step may be repeated, and runners that start at the same time take turns: each holds a row lock of the table
 * {@code nebula_migration_lock} for its whole run. Thread safety: instances keep no state.
 */
public final class Migrations {
    /** The one database of all services. */
    public static final String DATABASE = "nebula";

    private static final String HISTORY = "flyway_schema_history";
    private static final int CREATE_ATTEMPTS = 30;
    private static final long CREATE_PAUSE_MILLIS = 200;
    private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(5);

    // SQLSTATEs of a lost race to create something: already there, unique violation in a catalogue, template database
    // busy,
    // and the retryable ones.
    private static final Set<String> LOST_RACE =
            Set.of("42P04", "42P06", "42P07", "42710", "23505", "55006", "40001", "40P01");

    private final String adminUrl;
    private final String databaseUrl;
    private final String user;
    private final String password;

    /**
     * @param adminUrl {@code jdbc:postgresql://host:port/database?options} of a database that exists already; the prefix
     *     {@code jdbc:} may be missing
     * @param user a role that may create databases and roles
     * @param password of {@code user}; empty where none is asked for
     * @throws IllegalArgumentException if the URL has another form
     */
    public Migrations(String adminUrl, String user, String password) {
        this.adminUrl = adminUrl.startsWith("jdbc:") ? adminUrl : "jdbc:" + adminUrl;
        this.databaseUrl = withDatabase(this.adminUrl, DATABASE);
        this.user = user;
        this.password = password;
    }

    private static String withDatabase(String jdbcUrl, String database) {
        URI uri = URI.create(jdbcUrl.substring("jdbc:".length()));
        if (!"postgresql".equals(uri.getScheme()) || uri.getRawAuthority() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "The database URL must be postgresql://host:port/database, without user and password");
        }
        return "jdbc:postgresql://" + uri.getRawAuthority() + "/" + database
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    /**
     * Migrates the schemas of the given services and sets their roles' passwords.
     *
     * @return where each schema stands afterwards, in the order of {@link ServiceSchema}
     * @throws MigrationException if the database refuses; what was finished before stays, and running again goes on
     */
    public List<SchemaStatus> migrate(Map<ServiceSchema, String> passwords) {
        try {
            createDatabase();
            createLock();
            try (Connection lock = connect(databaseUrl)) {
                takeLock(lock);
                for (Map.Entry<ServiceSchema, String> service : new TreeMap<>(passwords).entrySet()) {
                    createRole(service.getKey(), service.getValue());
                    flyway(service.getKey()).migrate();
                    grant(service.getKey());
                }
                lock.rollback();
            }
        } catch (SQLException | FlywayException e) {
            throw new MigrationException(
                    "The database at " + databaseUrl + " cannot be migrated: " + e.getMessage(), e);
        }
        return new TreeMap<>(passwords).keySet().stream().map(this::status).toList();
    }

    /** Where every schema stands; changes nothing. A schema or database that does not exist has no version. */
    public List<SchemaStatus> check() {
        return Arrays.stream(ServiceSchema.values()).map(this::status).toList();
    }

    private SchemaStatus status(ServiceSchema service) {
        try {
            var info = flyway(service).info();
            Optional<String> version = Optional.ofNullable(info.current())
                    .map(MigrationInfo::getVersion)
                    .map(Object::toString);
            return new SchemaStatus(service, version, info.pending().length);
        } catch (FlywayException e) {
            throw new MigrationException(
                    "The schema " + service.schema() + " at " + databaseUrl + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Flyway flyway(ServiceSchema service) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(databaseUrl, user, password)
                .schemas(service.schema())
                .defaultSchema(service.schema())
                .createSchemas(true)
                .table(HISTORY)
                .locations("classpath:db/migration/" + service.schema())
                .validateMigrationNaming(true)
                .load();
    }

    private Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    private void createDatabase() throws SQLException {
        try (Connection admin = connect(adminUrl)) {
            createOnce(
                    () -> exists(admin, "SELECT 1 FROM pg_catalog.pg_database WHERE datname = ?", DATABASE),
                    () -> execute(admin, "CREATE DATABASE " + DATABASE));
        }
    }

    private void createLock() throws SQLException {
        try (Connection connection = connect(databaseUrl)) {
            createOnce(
                    () -> exists(
                            connection,
                            "SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND table_name = ?",
                            "nebula_migration_lock"),
                    () -> execute(connection, "CREATE TABLE public.nebula_migration_lock (id INT PRIMARY KEY)"));
            execute(connection, "INSERT INTO public.nebula_migration_lock (id) VALUES (1) ON CONFLICT DO NOTHING");
            // CockroachDB, and PostgreSQL before 15, let every role create tables here.
            createOnce(() -> false, () -> execute(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC"));
        }
    }

    private static void takeLock(Connection lock) throws SQLException {
        lock.setAutoCommit(false);
        try (Statement statement = lock.createStatement()) {
            statement.execute("SET statement_timeout = " + LOCK_TIMEOUT.toMillis());
            statement.execute("SELECT id FROM public.nebula_migration_lock WHERE id = 1 FOR UPDATE");
        }
    }

    private void createRole(ServiceSchema service, String rolePassword) throws SQLException {
        String role = service.role();
        try (Connection connection = connect(databaseUrl)) {
            createOnce(
                    () -> exists(connection, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ?", role),
                    () -> execute(connection, "CREATE ROLE " + role));
            // Data definition takes no parameters; the literal's one special character is doubled.
            execute(
                    connection,
                    "ALTER ROLE " + role + " WITH LOGIN PASSWORD '" + rolePassword.replace("'", "''") + "'");
            execute(connection, "ALTER ROLE " + role + " SET default_transaction_isolation = 'serializable'");
            execute(connection, "ALTER ROLE " + role + " SET search_path = " + service.schema());
        }
    }

    private void grant(ServiceSchema service) throws SQLException {
        String schema = service.schema();
        String role = service.role();
        try (Connection connection = connect(databaseUrl)) {
            connection.setAutoCommit(false);
            execute(connection, "GRANT USAGE ON SCHEMA " + schema + " TO " + role);
            execute(
                    connection,
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO " + role);
            execute(connection, "REVOKE INSERT, UPDATE, DELETE ON TABLE " + schema + "." + HISTORY + " FROM " + role);
            connection.commit();
        }
    }

    private interface Query {
        boolean holds() throws SQLException;
    }

    private interface Command {
        void run() throws SQLException;
    }

    /** Creates what is not there; a lost race is looked at again, a bounded number of times. */
    private static void createOnce(Query exists, Command create) throws SQLException {
        for (int attempt = 1; !exists.holds(); attempt++) {
            try {
                create.run();
                return;
            } catch (SQLException e) {
                if (attempt == CREATE_ATTEMPTS || !LOST_RACE.contains(e.getSQLState())) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(CREATE_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted while another runner was at work; run again", e);
        }
    }

    private static boolean exists(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
