package org.vsekai.nebula.parts;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once for each version into the user's cache folder. Several processes may unpack at the
 * same time: each unpacks beside the target and the first rename wins.
 */
final class PostgresBinaries {
    private static final boolean WINDOWS = osName().startsWith("windows");
    private final Path home;

    private PostgresBinaries(Path home) {
        this.home = home;
    }

    static PostgresBinaries unpacked() {
        String bundle = bundle();
        try {
            Path home = cacheFolder().resolve("postgres-" + digest(bundle).substring(0, 16));
            if (!Files.isDirectory(home)) {
                unpack(bundle, home);
            }
            return new PostgresBinaries(home);
        } catch (IOException e) {
            throw new PartException("PostgreSQL cannot be unpacked into the cache folder " + cacheFolder(), e);
        }
    }

    /**
     * The command that runs a PostgreSQL program. The programs refuse to run as root, so root runs them in a user namespace of
     * their own, where they see themselves as an unprivileged user and still own their files.
     */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("unshare", "--user"));
        }
        command.add(home.resolve("bin")
                .resolve(WINDOWS ? program + ".exe" : program)
                .toString());
        command.addAll(List.of(arguments));
        return command;
    }

    static boolean isWindows() {
        return WINDOWS;
    }

    private static boolean isRoot() {
        return !WINDOWS && "root".equals(System.getProperty("user.name"));
    }

    private static String osName() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT);
    }

    private static String bundle() {
        String os = WINDOWS ? "windows" : osName().startsWith("mac") ? "darwin" : "linux";
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        String bundle = "/postgres-" + os + "-" + arch + ".txz";
        if (PostgresBinaries.class.getResource(bundle) == null) {
            throw new PartException("There is no embedded PostgreSQL for this machine (" + bundle
                    + "): use Linux, macOS or Windows on x86-64 or ARM64");
        }
        return bundle;
    }

    private static Path cacheFolder() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("nebula");
    }

    private static InputStream open(String bundle) throws IOException {
        InputStream in = PostgresBinaries.class.getResourceAsStream(bundle);
        if (in == null) {
            throw new IOException("no resource " + bundle);
        }
        return new BufferedInputStream(in);
    }

    private static String digest(String bundle) throws IOException {
        try (DigestInputStream in = new DigestInputStream(open(bundle), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static void unpack(String bundle, Path home) throws IOException {
        Files.createDirectories(home.getParent());
        Path fresh = Files.createTempDirectory(home.getParent(), "unpacking-");
        try {
            try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(open(bundle)))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(tar, entry, fresh);
                }
            }
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another process may have been first; its folder is as good as ours.
            if (!Files.isDirectory(home)) {
                throw e;
            }
        } finally {
            deleteTree(fresh);
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path root) throws IOException {
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("the PostgreSQL bundle holds a path outside its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        if ((entry.getMode() & 0100) != 0 && !target.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + target + " executable");
        }
    }

    /** Deletes a folder and all that is in it; a missing one is fine. Symbolic links are not followed. */
    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
