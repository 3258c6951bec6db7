package org.vsekai.nebula.migrations;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.parts.EmbeddedPostgres;

class MigrationsIT {
    private static final Map<ServiceSchema, String> PASSWORDS = Arrays.stream(ServiceSchema.values())
            .collect(toMap(Function.identity(), service -> "it's a secret of " + service.schema()));

    private EmbeddedPostgres postgres;

    @BeforeEach
    void start() {
        postgres = EmbeddedPostgres.builder()
                .logStatements(Path.of("target", "sql-log"))
                .start();
    }

    @AfterEach
    void stop() {
        postgres.close();
    }

    @Test
    void runsAgainWithoutChange() {
        List<SchemaStatus> first = migrations().migrate(PASSWORDS);
        assertThat(first).extracting(SchemaStatus::service).containsExactly(ServiceSchema.values());
        assertThat(first).allSatisfy(schema -> assertThat(schema.pending()).isZero());
        assertThat(migrations().migrate(PASSWORDS)).isEqualTo(first);
        assertThat(migrations().check()).isEqualTo(first);
    }

    @Test
    void runnersAtTheSameTimeTakeTurns() throws Exception {
        try (ExecutorService runners = Executors.newFixedThreadPool(4)) {
            Callable<List<SchemaStatus>> run = () -> migrations().migrate(PASSWORDS);
            for (Future<List<SchemaStatus>> result : runners.invokeAll(List.of(run, run, run, run))) {
                assertThat(result.get())
                        .allSatisfy(schema -> assertThat(schema.pending()).isZero());
            }
        }
    }

    @Test
    void aRoleReachesItsOwnSchemaOnlyAndCannotChangeIt() throws SQLException {
        migrations().migrate(PASSWORDS);
        asAdmin("CREATE TABLE updater.probe (id INT PRIMARY KEY)");
        asAdmin("CREATE TABLE asset_store.probe (id INT PRIMARY KEY)");
        migrations().migrate(PASSWORDS);

        as(ServiceSchema.UPDATER, "INSERT INTO updater.probe VALUES (1)");
        as(ServiceSchema.UPDATER, "SELECT id FROM probe");
        as(ServiceSchema.UPDATER, "SELECT version FROM updater.flyway_schema_history");
        refused(ServiceSchema.UPDATER, "SELECT id FROM asset_store.probe");
        refused(ServiceSchema.ASSET_STORE, "SELECT id FROM updater.probe");
        refused(ServiceSchema.UPDATER, "DELETE FROM updater.flyway_schema_history");
        refused(ServiceSchema.UPDATER, "CREATE TABLE updater.own (id INT PRIMARY KEY)");
        refused(ServiceSchema.UPDATER, "CREATE TABLE public.own (id INT PRIMARY KEY)");
        refused(ServiceSchema.UPDATER, "SELECT id FROM public.nebula_migration_lock");
    }

    @Test
    void rolesWorkSerialisable() throws SQLException {
        migrations().migrate(PASSWORDS);
        try (Connection connection = connect(ServiceSchema.CDN_REGISTRY);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW transaction_isolation")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("serializable");
        }
    }

    @Test
    void aNewPasswordReplacesTheOldOne() throws SQLException {
        migrations().migrate(PASSWORDS);
        migrations().migrate(Map.of(ServiceSchema.UPDATER, "new"));
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> as(ServiceSchema.UPDATER, "SELECT 1"));
        as(ServiceSchema.ASSET_STORE, "SELECT 1");
    }

    @Test
    void theProgramAnswersWithItsExitCodes() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "NEBULA_DATABASE_ADMIN_URL", postgres.reactiveUrl("postgres"),
                "NEBULA_DATABASE_ADMIN_USER", postgres.user(),
                "NEBULA_DATABASE_ADMIN_PASSWORD", postgres.password()));
        assertThat(run(environment)).isEqualTo(Main.USAGE);
        PASSWORDS.forEach((service, password) -> environment.put(service.passwordVariable(), password));
        assertThat(run(environment)).isEqualTo(Main.DONE);
        assertThat(run(environment, "--check")).isEqualTo(Main.DONE);
        assertThat(run(environment, "--wrong")).isEqualTo(Main.USAGE);
        assertThat(run(environment, "--help")).isEqualTo(Main.DONE);
        environment.put("NEBULA_DATABASE_ADMIN_PASSWORD", "wrong");
        assertThat(run(environment)).isEqualTo(Main.FAILED);
        environment.put("NEBULA_DATABASE_ADMIN_URL", "mysql://127.0.0.1/nebula");
        assertThat(run(environment)).isEqualTo(Main.USAGE);
    }

    private static int run(Map<String, String> environment, String... args) {
        PrintStream sink = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return Main.run(List.of(args), environment, sink, sink);
    }

    private Migrations migrations() {
        return new Migrations(postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
    }

    private Connection connect(ServiceSchema service) throws SQLException {
        return DriverManager.getConnection(
                postgres.jdbcUrl(Migrations.DATABASE), service.role(), PASSWORDS.get(service));
    }

    private void as(ServiceSchema service, String sql) throws SQLException {
        try (Connection connection = connect(service);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void refused(ServiceSchema service, String sql) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> as(service, sql))
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    private void asAdmin(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(Migrations.DATABASE), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
