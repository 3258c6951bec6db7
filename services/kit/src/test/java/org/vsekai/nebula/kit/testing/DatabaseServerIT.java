package org.vsekai.nebula.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.parts.EmbeddedPostgres;

/** A given server is used only where nothing of somebody else's can be lost. */
@SuppressWarnings("NullAway.Init")
class DatabaseServerIT {
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        execute("DROP DATABASE IF EXISTS nebula");
        execute("DROP DATABASE IF EXISTS nebula_tests");
    }

    private static String url() {
        return "postgresql://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:" + postgres.port() + "/";
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DatabaseServer.parse(url()).connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> databases() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = DatabaseServer.parse(url()).connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT datname FROM pg_catalog.pg_database")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    @Test
    void databaseThatEarlierTestsLeftIsDropped() throws SQLException {
        DatabaseServer server = DatabaseServer.given(url());
        execute("CREATE DATABASE nebula");

        assertThat(DatabaseServer.given(url())).isEqualTo(server);
        assertThat(databases()).doesNotContain("nebula");
    }

    @Test
    void databaseThatNoTestsMadeIsKeptAndTheServerRefused() throws SQLException {
        execute("CREATE DATABASE nebula");

        assertThatIllegalStateException()
                .isThrownBy(() -> DatabaseServer.given(url()))
                .withMessageContaining("NEBULA_TEST_DATABASE_URL");
        assertThat(databases()).contains("nebula");
    }
}
