package org.vsekai.nebula.system;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** Copies of what a stack keeps, taken while it runs, as its operator would take them. */
final class HotCopies {
    /** What a base backup leaves out: the running server's own, and the log, which is copied after the end of the backup. */
    private static final Set<String> NOT_IN_BASE = Set.of("postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot");

    private HotCopies() {}

    /**
     * A base backup by PostgreSQL's low-level functions (its manual, "Making a Base Backup Using the Low Level API").
     *
     * @param postgres folder of the running database: data, and the superuser's password
     */
    static void database(Path postgres, int port, String user, Path copy) throws IOException, SQLException {
        String password =
                Files.readString(postgres.resolve("superuser-password")).strip();
        Path data = postgres.resolve("data");
        Path copied = copy.resolve("data");
        // One session holds the backup from its start to its end.
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('restore', fast => true)");
            tree(data, copied, NOT_IN_BASE);
            try (ResultSet label =
                    statement.executeQuery("SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)")) {
                label.next();
                Files.writeString(copied.resolve("backup_label"), label.getString(1));
            }
        }
        tree(data.resolve("pg_wal"), copied.resolve("pg_wal"), Set.of());
        Files.createDirectories(copied.resolve("pg_replslot"));
        Files.copy(postgres.resolve("superuser-password"), copy.resolve("superuser-password"));
        Files.setPosixFilePermissions(copied, Files.getPosixFilePermissions(data));
    }

    /** Copies a folder whose files come and go meanwhile. Names in {@code without} are left out at the top. */
    static void tree(Path from, Path to, Set<String> without) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (isLeftOut(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!isLeftOut(file)) {
                    try {
                        Files.copy(file, to.resolve(from.relativize(file).toString()));
                    } catch (NoSuchFileException e) {
                        // It was a temporary one.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            private boolean isLeftOut(Path path) {
                return from.equals(path.getParent())
                        && without.contains(path.getFileName().toString());
            }
        });
    }
}
