package org.vsekai.nebula.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
    @TempDir
    Path temporary;

    @Test
    void dataInANamedFolderSurvivesARestartOnAnotherPort() throws Exception {
        try (EmbeddedPostgres first =
                EmbeddedPostgres.builder().folder(temporary).start()) {
            execute(first, "CREATE TABLE kept (id INT PRIMARY KEY)");
            execute(first, "INSERT INTO kept VALUES (42)");
        }
        try (EmbeddedPostgres second =
                EmbeddedPostgres.builder().folder(temporary).start()) {
            assertThat(queryInt(second, "SELECT id FROM kept")).isEqualTo(42);
        }
    }

    @Test
    void aFolderInUseIsRefused() {
        try (EmbeddedPostgres owner =
                EmbeddedPostgres.builder().folder(temporary).start()) {
            assertThat(owner.isRunning()).isTrue();
            assertThatExceptionOfType(PartException.class)
                    .isThrownBy(
                            () -> EmbeddedPostgres.builder().folder(temporary).start())
                    .withMessageContaining("in use");
        }
    }

    @Test
    void aTakenPortIsRefusedWithPostgresOwnWords() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatExceptionOfType(PartException.class)
                    .isThrownBy(() -> EmbeddedPostgres.builder()
                            .folder(temporary)
                            .port(taken.getLocalPort())
                            .start())
                    .withMessageContaining("could not bind");
        }
    }

    @Test
    void everyStatementIsLogged() throws Exception {
        Path log = temporary.resolve("statements");
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().logStatements(log).start()) {
            execute(postgres, "CREATE TABLE logged (id INT PRIMARY KEY)");
        }
        assertThat(readAll(log)).contains("CREATE TABLE logged").contains("\"user\":\"postgres\"");
    }

    @Test
    void passwordsAreChecked() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl("postgres"), "postgres", "wrong"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        }
    }

    @Test
    void theServerEndsWithAKilledOwnerAndTheFolderStartsAgain() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        temporary.toString())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("owner.log").toFile())
                .start();
        Path ready = temporary.resolve("ready");
        eventually(() -> Files.exists(ready) || !owner.isAlive());
        assertThat(ready)
                .as(() -> "log of the owner: " + temporary.resolve("owner.log"))
                .exists();
        long postgres = Long.parseLong(
                Files.readAllLines(temporary.resolve("pg/data/postmaster.pid")).get(0));
        owner.destroyForcibly().waitFor();
        eventually(
                () -> ProcessHandle.of(postgres).filter(ProcessHandle::isAlive).isEmpty());
        try (EmbeddedPostgres again =
                EmbeddedPostgres.builder().folder(temporary.resolve("pg")).start()) {
            assertThat(queryInt(again, "SELECT id FROM kept")).isEqualTo(7);
        }
    }

    @Test
    void aStalePidFileThatNamesAnotherLivingProcessIsCleared() throws Exception {
        try (EmbeddedPostgres first =
                EmbeddedPostgres.builder().folder(temporary).start()) {
            execute(first, "CREATE TABLE kept (id INT PRIMARY KEY)");
        }
        Files.writeString(
                temporary.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + temporary.resolve("data") + "\n1000000000\n5432\n\n127.0.0.1\n");
        try (EmbeddedPostgres second =
                EmbeddedPostgres.builder().folder(temporary).start()) {
            assertThat(queryInt(second, "SELECT count(*) FROM kept")).isZero();
        }
    }

    /** Starts a server with a committed row and then waits to be killed. */
    static final class Owner {
        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            EmbeddedPostgres postgres =
                    EmbeddedPostgres.builder().folder(folder.resolve("pg")).start();
            execute(postgres, "CREATE TABLE kept (id INT PRIMARY KEY)");
            execute(postgres, "INSERT INTO kept VALUES (7)");
            Files.createFile(folder.resolve("ready"));
            Thread.currentThread().join();
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void eventually(Condition condition) throws Exception {
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("gave up waiting").isLessThan(deadlineNanos);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int queryInt(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
    }

    private static String readAll(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
