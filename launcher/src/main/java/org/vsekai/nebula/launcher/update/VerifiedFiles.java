package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.manifest.ManifestEntry;

/**
 * Files of one folder that were read and have the content a manifest asks for. Each is remembered with what the file system
 * tells of it, so that a file which was written to since can be told from one that was not, without reading it again.
 */
final class VerifiedFiles {
    /**
     * @param key the file's identity; null where the file system has none
     * @param changed when content or metadata last changed, which no program can set back; null where that is not kept
     */
    private record Stamp(
            @Nullable Object key,
            long size,
            FileTime modified,
            @Nullable Object changed) {}

    private final Path folder;
    private final Map<String, Stamp> stamps = new HashMap<>();

    private VerifiedFiles(Path folder) {
        this.folder = folder;
    }

    /** Those of {@code wanted} that the folder may have: regular files of the right size, reached through no link. */
    static List<ManifestEntry.File> candidates(Path folder, Collection<ManifestEntry.File> wanted) throws IOException {
        List<ManifestEntry.File> candidates = new ArrayList<>();
        for (ManifestEntry.File file : wanted) {
            Path path = folder.resolve(file.path());
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(path) == file.size()
                    && path.toRealPath().equals(path)) {
                candidates.add(file);
            }
        }
        return candidates;
    }

    /**
     * Reads files on all cores and keeps those that are right. One that cannot be read is not.
     *
     * @param folder absolute, free of symbolic links
     * @param progress told of bytes read, on any thread
     */
    static VerifiedFiles check(Path folder, List<ManifestEntry.File> candidates, LongConsumer progress)
            throws IOException {
        VerifiedFiles verified = new VerifiedFiles(folder);
        try (ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<Optional<Stamp>>> checks = new ArrayList<>();
            for (ManifestEntry.File file : candidates) {
                checks.add(workers.submit(() -> check(folder.resolve(file.path()), file, progress)));
            }
            for (int i = 0; i < candidates.size(); i++) {
                String path = candidates.get(i).path();
                checks.get(i).get().ifPresent(stamp -> verified.stamps.put(path, stamp));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        return verified;
    }

    private static Optional<Stamp> check(Path path, ManifestEntry.File file, LongConsumer progress) {
        try {
            Stamp stamp = stamp(path);
            boolean right = Digests.sha256(path).equals(file.sha256()) && stamp.equals(stamp(path));
            return right ? Optional.of(stamp) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // It vanished or is damaged; either way it cannot be used.
        } finally {
            progress.accept(file.size());
        }
    }

    private static Stamp stamp(Path path) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Object changed = path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS)
                : null;
        return new Stamp(basic.fileKey(), basic.size(), basic.lastModifiedTime(), changed);
    }

    Path folder() {
        return folder;
    }

    boolean contains(String path) {
        return stamps.containsKey(path);
    }

    /** Whether a verified file is still the one that was read. */
    boolean isStill(String path) {
        Stamp stamp = stamps.get(path);
        try {
            return stamp != null && stamp.equals(stamp(folder.resolve(path)));
        } catch (IOException e) {
            return false;
        }
    }
}
