package org.vsekai.nebula.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Where a stack keeps what survives it: the database, the chunks, the logs, and secrets that only the user may read. */
record DataFolder(Path root) {
    private static final int SECRET_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    DataFolder {
        root = root.toAbsolutePath().normalize();
    }

    Path stateFile() {
        return root.resolve("state.json");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path store() {
        return root.resolve("store");
    }

    Path log(String name) {
        return root.resolve("logs").resolve(name + ".log");
    }

    /** The bearer token of publishers and operators. */
    String token() {
        return secret("token");
    }

    /** The bearer token that the services show each other. */
    String serverToken() {
        return secret("server-token");
    }

    String databasePassword(Service service) {
        return secret("database-" + service.title());
    }

    /** A secret made at its first use. */
    private String secret(String name) {
        Path file = root.resolve(name);
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return createSecret(file);
        } catch (IOException e) {
            throw new StackException("The secret " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String createSecret(Path file) {
        byte[] random = new byte[SECRET_BYTES];
        RANDOM.nextBytes(random);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(fresh, secret + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            return secret;
        } catch (IOException e) {
            throw new StackException("The secret " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** What services are told of a token: its SHA-256 digest in hexadecimal digits. */
    static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Creates the folder if needed and takes it for this process; empty if another supervisor has it. */
    Optional<FileLock> tryLock() {
        try {
            Files.createDirectories(log("x").getParent());
            FileChannel channel =
                    FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                return Optional.empty();
            } finally {
                if (lock == null) {
                    channel.close();
                }
            }
            return Optional.ofNullable(lock);
        } catch (IOException e) {
            throw new StackException("The data folder " + root + " cannot be used: " + e.getMessage(), e);
        }
    }
}
