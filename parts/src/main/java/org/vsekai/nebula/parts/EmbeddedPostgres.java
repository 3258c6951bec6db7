package org.vsekai.nebula.parts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of one's own, as a child process on 127.0.0.1.
 *
 * <p><b>Lifecycle.</b> {@link #start()} gives an empty server in a temporary folder, which {@link #close()} deletes;
 * it does without fsync. With {@link Builder#folder} the data survives, durably, and a later start goes on with it.
 * One process at a time may use a folder; a second one is refused. If the owner is killed, a watching shell stops the
 * server, and the next start on the folder also clears what a dead owner left (on Windows only the latter).
 *
 * <p><b>Access.</b> Passwords are needed (SCRAM). The superuser {@link #user()} has a random password, which a named folder
 * keeps in a file that only its owner reads.
 *
 * <p>Thread safety: all methods may be called from any thread.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final String SUPERUSER = "postgres";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
    private static final int PORT_ATTEMPTS = 5;
    private static final int LOG_TAIL_BYTES = 4_096;

    /** How far the start time in postmaster.pid and the one of the process may lie apart. */
    private static final Duration START_TIME_SLACK = Duration.ofSeconds(10);

    private final PostgresBinaries binaries;
    private final Path folder;
    private final boolean temporary;
    private final FileLock lock;
    private final String password;
    private final Server server;
    private boolean closed;

    private record Server(Process process, @Nullable Process watch, int port) {}

    private EmbeddedPostgres(
            PostgresBinaries binaries,
            Path folder,
            boolean temporary,
            int wantedPort,
            @Nullable Path statementLog,
            FileLock lock)
            throws IOException, InterruptedException {
        this.binaries = binaries;
        this.folder = folder;
        this.temporary = temporary;
        this.lock = lock;
        this.password = initialise();
        stopLeftover(binaries, folder);
        this.server = launch(wantedPort, statementLog);
    }

    /** Starts an empty server in a temporary folder on a free port. */
    public static EmbeddedPostgres start() {
        return builder().start();
    }

    /**
     * Stops a server that a killed owner left in {@code folder}; without one this does nothing.
     *
     * @throws PartException if the folder is in use by a living owner, or the server does not end
     */
    public static void stopLeftover(Path folder) {
        if (!Files.exists(folder.resolve("data/postmaster.pid"))) {
            return;
        }
        try (Channel held = lock(folder).acquiredBy()) {
            stopLeftover(PostgresBinaries.unpacked(), folder);
        } catch (IOException e) {
            throw new PartException("PostgreSQL's folder " + folder + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartException("Interrupted while PostgreSQL was stopping in " + folder, e);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What may be chosen about a server; every choice has a default. */
    public static final class Builder {
        private @Nullable Path folder;
        private @Nullable Path statementLog;
        private int port;

        private Builder() {}

        /** Keeps data in {@code folder}, which is created if missing; without this it is temporary. */
        public Builder folder(Path folder) {
            this.folder = folder.toAbsolutePath().normalize();
            return this;
        }

        /** Listens on {@code port}; 0, the default, picks a free one. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port is not in 0..65535: " + port);
            }
            this.port = port;
            return this;
        }

        /**
         * Writes every statement, as PostgreSQL's own JSON lines, to a new file {@code *.json} in {@code folder}, which is
         * created if missing. Each line has at least {@code user}, {@code dbname} and {@code message}; the latter starts with
         * {@code statement: } or {@code execute <name>: }.
         */
        public Builder logStatements(Path folder) {
            this.statementLog = folder.toAbsolutePath().normalize();
            return this;
        }

        /**
         * Starts the server and returns when it accepts connections.
         *
         * @throws PartException if it does not within 90 seconds, or the folder is in use
         */
        public EmbeddedPostgres start() {
            PostgresBinaries binaries = PostgresBinaries.unpacked();
            boolean temporary = folder == null;
            Path home = folder;
            FileLock lock = null;
            boolean started = false;
            try {
                if (home == null) {
                    home = Files.createTempDirectory("nebula-postgres-");
                } else {
                    Files.createDirectories(home);
                }
                lock = lock(home);
                EmbeddedPostgres postgres = new EmbeddedPostgres(binaries, home, temporary, port, statementLog, lock);
                started = true;
                return postgres;
            } catch (IOException e) {
                throw new PartException("PostgreSQL cannot be started in " + home + ": " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PartException("Interrupted while PostgreSQL was starting in " + home, e);
            } finally {
                if (!started) {
                    release(lock, temporary ? home : null);
                }
            }
        }
    }

    public int port() {
        return server.port();
    }

    /** The superuser's name. */
    public String user() {
        return SUPERUSER;
    }

    /** The superuser's password. */
    public String password() {
        return password;
    }

    /** The JDBC URL of a database, without credentials. */
    public String jdbcUrl(String database) {
        return "jdbc:" + reactiveUrl(database);
    }

    /** The URL of a database as the reactive client takes it, without credentials. */
    public String reactiveUrl(String database) {
        return "postgresql://127.0.0.1:" + server.port() + "/" + database;
    }

    /** Whether the server process runs; it ends early only if somebody else ended it. */
    public boolean isRunning() {
        return server.process().isAlive();
    }

    /** The server's own log. */
    public Path log() {
        return folder.resolve("postgres.log");
    }

    /** Stops the server, which ends open connections, and deletes a temporary folder. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop(server.process());
            if (server.watch() != null) {
                server.watch().destroyForcibly();
            }
        } catch (IOException e) {
            throw new PartException("PostgreSQL in " + folder + " cannot be stopped", e);
        } catch (InterruptedException e) {
            server.process().destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            release(lock, temporary ? folder : null);
        }
    }

    private static FileLock lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw new PartException("PostgreSQL's folder " + folder + " is in use by this process", e);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new PartException(
                    "PostgreSQL's folder " + folder + " is in use by another process: stop that one first");
        }
        return lock;
    }

    private static void release(@Nullable FileLock lock, @Nullable Path temporary) {
        try {
            if (lock != null) {
                lock.acquiredBy().close();
            }
            if (temporary != null) {
                PostgresBinaries.deleteTree(temporary);
            }
        } catch (IOException e) {
            throw new PartException("PostgreSQL's folder cannot be given up: " + e.getMessage(), e);
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** Creates the cluster if there is none and returns the superuser's password. */
    private String initialise() throws IOException, InterruptedException {
        Path passwordFile = folder.resolve("superuser-password");
        if (Files.exists(data().resolve("PG_VERSION"))) {
            return Files.readString(passwordFile).strip();
        }
        Path fresh = folder.resolve("data.new");
        PostgresBinaries.deleteTree(fresh);
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String created = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        writePrivately(passwordFile, created);
        List<String> options = new ArrayList<>(List.of(
                "--username=" + SUPERUSER,
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--no-locale",
                "--pgdata=" + fresh));
        if (temporary) {
            options.add("--no-sync");
        }
        run(folder, binaries.command("initdb", options.toArray(String[]::new)), START_TIMEOUT);
        // A crash before this rename leaves no half-made cluster behind.
        Files.move(fresh, data());
        return created;
    }

    private static void writePrivately(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, content);
    }

    /** Stops a server that a killed owner left on this folder, and removes its stale pid file. We hold the folder's lock. */
    private static void stopLeftover(PostgresBinaries binaries, Path folder) throws IOException, InterruptedException {
        Path pidFile = folder.resolve("data/postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        Optional<ProcessHandle> leftover = leftover(Files.readAllLines(pidFile));
        if (leftover.isPresent()) {
            run(folder, stopCommand(binaries, folder), STOP_TIMEOUT.plusSeconds(10));
        } else {
            // Its process is gone; the number may since belong to another program, at which PostgreSQL would give up.
            Files.deleteIfExists(pidFile);
        }
    }

    private static Optional<ProcessHandle> leftover(List<String> pidFile) {
        try {
            long pid = Long.parseLong(pidFile.get(0).strip());
            long startedSeconds = Long.parseLong(pidFile.get(2).strip());
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(process -> process.info()
                    .startInstant()
                    .map(start -> Math.abs(start.getEpochSecond() - startedSeconds) <= START_TIME_SLACK.toSeconds())
                    .orElse(false));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            // A torn file: its writer died while starting.
            return Optional.empty();
        }
    }

    private Server launch(int wantedPort, @Nullable Path statementLog) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            int port = wantedPort == 0 ? FreePorts.find() : wantedPort;
            ProcessBuilder builder = new ProcessBuilder(
                            OwnSession.command(binaries.command("postgres", options(port, statementLog))))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            Process process = builder.start();
            process.getOutputStream().close();
            Process watch = null;
            boolean ready = false;
            try {
                watch = watch(process);
                ready = awaitReady(process, port);
                if (ready) {
                    return new Server(process, watch, port);
                }
            } finally {
                if (!ready) {
                    process.destroyForcibly().waitFor();
                    if (watch != null) {
                        watch.destroyForcibly();
                    }
                }
            }
            // A free port may be taken by another program before PostgreSQL binds it.
            if (wantedPort != 0 || attempt == PORT_ATTEMPTS) {
                throw new PartException("PostgreSQL ended while starting on port " + port + ". The end of its log "
                        + log() + ":\n" + logTail());
            }
        }
    }

    private String[] options(int port, @Nullable Path statementLog) throws IOException {
        List<String> settings = new ArrayList<>(List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                "unix_socket_directories=",
                "max_connections=200",
                "shared_buffers=32MB",
                "lc_messages=C",
                "fsync=" + (temporary ? "off" : "on")));
        if (statementLog != null) {
            Files.createDirectories(statementLog);
            settings.addAll(List.of(
                    "logging_collector=on",
                    "log_destination=jsonlog",
                    "log_directory=" + statementLog,
                    "log_filename=postgres-" + ProcessHandle.current().pid() + "-" + port + "-%Y%m%dT%H%M%S.log",
                    "log_rotation_age=0",
                    "log_rotation_size=0",
                    "log_statement=all"));
        }
        List<String> options = new ArrayList<>(List.of("-D", data().toString()));
        settings.forEach(setting -> options.addAll(List.of("-c", setting)));
        return options.toArray(String[]::new);
    }

    /**
     * A shell that reads from a pipe which only this process holds open: when this process ends, however it ends, the shell reads
     * end-of-file and asks the server, if it is still the one on this folder, for a fast shutdown.
     */
    private @Nullable Process watch(Process postgres) throws IOException {
        if (PostgresBinaries.isWindows()) {
            return null;
        }
        String script = "read -r line; " + "[ \"$(head -n 1 \"$1\" 2>/dev/null)\" = \"$2\" ] && kill -INT \"$2\"";
        return new ProcessBuilder(OwnSession.command(List.of(
                        "sh",
                        "-c",
                        script,
                        "nebula-postgres-watch",
                        data().resolve("postmaster.pid").toString(),
                        Long.toString(postgres.pid()))))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Waits until the server accepts connections; false if it ended instead. */
    private boolean awaitReady(Process process, int port) throws InterruptedException {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?connectTimeout=5&socketTimeout=10";
        long deadlineNanos = System.nanoTime() + START_TIMEOUT.toNanos();
        SQLException last = null;
        while (System.nanoTime() < deadlineNanos) {
            if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                return false;
            }
            try (Connection connection = DriverManager.getConnection(url, SUPERUSER, password)) {
                if (connection.isValid(5)) {
                    return process.isAlive();
                }
            } catch (SQLException e) {
                last = e;
            }
        }
        throw new PartException(
                "PostgreSQL did not accept connections on port " + port + " within " + START_TIMEOUT.toSeconds()
                        + " s. The end of its log " + log() + ":\n" + logTail(),
                last);
    }

    private static List<String> stopCommand(PostgresBinaries binaries, Path folder) {
        return binaries.command(
                "pg_ctl",
                "stop",
                "--pgdata=" + folder.resolve("data"),
                "--mode=fast",
                "--wait",
                "--timeout=" + STOP_TIMEOUT.toSeconds());
    }

    private void stop(Process process) throws IOException, InterruptedException {
        if (process.isAlive()) {
            try {
                run(folder, stopCommand(binaries, folder), STOP_TIMEOUT.plusSeconds(10));
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static void run(Path folder, List<String> command, Duration timeout)
            throws IOException, InterruptedException {
        Path output = folder.resolve("command.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new PartException(String.format(
                    Locale.ROOT, "%s did not end within %d s", String.join(" ", command), timeout.toSeconds()));
        }
        if (process.exitValue() != 0) {
            throw new PartException(String.join(" ", command) + " ended with exit code " + process.exitValue() + ":\n"
                    + Files.readString(output));
        }
    }

    private String logTail() {
        try (FileChannel channel = FileChannel.open(log())) {
            long from = Math.max(0, channel.size() - LOG_TAIL_BYTES);
            ByteBuffer tail = ByteBuffer.allocate(LOG_TAIL_BYTES);
            channel.read(tail, from);
            return new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(unreadable: " + e.getMessage() + ")";
        }
    }
}
