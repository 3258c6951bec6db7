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
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

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

    Path cache() {
        return root.resolve("cache");
    }

    /** What a member of the ledger must not lose. */
    Path ledger(String member) {
        return root.resolve("ledger").resolve(member);
    }

    Path log(String name) {
        return root.resolve("logs").resolve(name + ".log");
    }

    /** The services that have written logs here, in the order of their names. */
    List<String> logs() {
        Path folder = root.resolve("logs");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".log"))
                    .map(name -> name.substring(0, name.length() - ".log".length()))
                    .filter(name -> !name.equals("supervisor"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StackException("The folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The bearer token of publishers and operators. */
    String token() {
        return secret("token");
    }

    /** The bearer token that the services show each other. */
    String serverToken() {
        return secret("server-token");
    }

    /** By which the ledger's members know each other. */
    String ledgerSecret() {
        return secret("ledger-secret");
    }

    /** Signs tickets for zones. */
    String ticketsKey() {
        return secret("tickets-key");
    }

    String databasePassword(Service service) {
        return secret("database-" + service.title());
    }

    /**
     * How many replicas the stack of this folder has: those that its first start was asked for. Its ledger has as many members,
     * and members come and go by the ledger's own commands alone.
     *
     * @param wanted 0: as many as there are, or one
     */
    int replicas(int wanted) {
        OptionalInt found = findReplicas();
        if (found.isEmpty()) {
            int chosen = wanted == 0 ? 1 : wanted;
            replace(replicasFile(), chosen + "\n");
            return chosen;
        }
        int kept = found.getAsInt();
        if (wanted != 0 && wanted != kept) {
            throw new StackException("The stack in " + root + " was made with --replicas " + kept
                    + ", which its ledger cannot change. Start it so, or another one with --data.");
        }
        return kept;
    }

    /** Empty before the first start. */
    OptionalInt findReplicas() {
        try {
            return OptionalInt.of(
                    Integer.parseInt(Files.readString(replicasFile()).strip()));
        } catch (NoSuchFileException e) {
            return OptionalInt.empty();
        } catch (IOException | NumberFormatException e) {
            throw new StackException("The file " + replicasFile() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Path replicasFile() {
        return root.resolve("replicas");
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
        replace(file, secret + "\n");
        return secret;
    }

    private static void replace(Path file, String content) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StackException("The file " + file + " cannot be written: " + e.getMessage(), e);
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
