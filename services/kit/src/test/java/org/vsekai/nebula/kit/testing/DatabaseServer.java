package org.vsekai.nebula.kit.testing;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.vsekai.nebula.migrations.Migrations;
import org.vsekai.nebula.parts.EmbeddedPostgres;

/**
 * The database server that tests use, and a superuser of it.
 *
 * @param host as it stands in a URL, so an IPv6 address is in brackets
 * @param adminDatabase a database that exists already
 * @param options what follows the database in a URL: empty, or a query that begins with {@code ?}
 */
public record DatabaseServer(
        String host, int port, String user, String password, String adminDatabase, String options) {
    /** The environment variable that names a server to be used in place of the embedded PostgreSQL. */
    static final String VARIABLE = "NEBULA_TEST_DATABASE_URL";

    /** Stands on a given server whose database {@code nebula} is the tests' own and may be dropped. */
    private static final String MARK = "nebula_tests";

    /** A PostgreSQL that logs every statement below {@code target/sql-log} and ends with this JVM. */
    static DatabaseServer embedded() {
        EmbeddedPostgres started = EmbeddedPostgres.builder()
                .logStatements(Path.of("target", "sql-log").toAbsolutePath())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::close, "stop-postgres"));
        return new DatabaseServer("127.0.0.1", started.port(), started.user(), started.password(), "postgres", "");
    }

    /**
     * The server at {@code postgresql://user:password@host:port/database?options}, without the database {@code nebula} that earlier
     * tests left there. Password, database and options may be missing.
     *
     * @throws IllegalStateException if the server has a database {@code nebula} that no tests made
     */
    static DatabaseServer given(String url) {
        DatabaseServer server = parse(url);
        try (Connection admin = server.connect(server.adminDatabase())) {
            boolean used = exists(admin, Migrations.DATABASE);
            boolean marked = exists(admin, MARK);
            if (used && !marked) {
                throw new IllegalStateException(VARIABLE + " names a server whose database " + Migrations.DATABASE
                        + " was not made by tests. They would destroy it: give a server of their own.");
            }
            try (Statement statement = admin.createStatement()) {
                if (!marked) {
                    statement.execute("CREATE DATABASE " + MARK);
                }
                statement.execute("DROP DATABASE IF EXISTS " + Migrations.DATABASE);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The server that " + VARIABLE + " names cannot be used", e);
        }
        return server;
    }

    static DatabaseServer parse(String url) {
        URI uri = URI.create(url);
        if (!"postgresql".equals(uri.getScheme()) || uri.getHost() == null || uri.getUserInfo() == null) {
            // The URL is not repeated: it may hold a password.
            throw new IllegalArgumentException(VARIABLE + " must be postgresql://user:password@host:port/");
        }
        String[] credentials = uri.getUserInfo().split(":", 2);
        String path = uri.getPath();
        return new DatabaseServer(
                uri.getHost(),
                uri.getPort() < 0 ? 5432 : uri.getPort(),
                credentials[0],
                credentials.length < 2 ? "" : credentials[1],
                path.length() < 2 ? "postgres" : path.substring(1),
                uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static boolean exists(Connection connection, String database) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_database WHERE datname = ?")) {
            query.setString(1, database);
            return query.executeQuery().next();
        }
    }

    /** The JDBC URL of a database, without credentials. */
    String jdbcUrl(String database) {
        return "jdbc:" + reactiveUrl(database);
    }

    /** The URL of a database as the reactive client takes it, without credentials. */
    String reactiveUrl(String database) {
        return "postgresql://" + host + ":" + port + "/" + database + options;
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), user, password);
    }
}
