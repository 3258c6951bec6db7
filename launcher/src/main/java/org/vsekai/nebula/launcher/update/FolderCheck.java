package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.vsekai.nebula.launcher.VerificationException;
import org.vsekai.nebula.launcher.folder.FolderState.Installed;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.manifest.Manifest;
import org.vsekai.nebula.launcher.manifest.ManifestEntry;
import org.vsekai.nebula.launcher.manifest.ManifestReader;

/** Compares a game with the manifest that it was installed with. What the player added is not looked at. */
public final class FolderCheck {
    private FolderCheck() {}

    /**
     * Reads every shipped file.
     *
     * @return what is wrong, a line for each node, in the manifest's order
     * @throws VerificationException if the folder's own manifest is damaged, so that nothing can be said
     */
    public static List<String> run(GameFolder folder, Installed installed, LongConsumer progress) throws IOException {
        Manifest manifest = manifest(folder, installed);
        List<String> damage = new ArrayList<>();
        try (ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<String>> findings = new ArrayList<>();
            for (ManifestEntry entry : manifest.entries().values()) {
                findings.add(workers.submit(() -> {
                    String finding = check(folder.root(), entry);
                    if (entry instanceof ManifestEntry.File file) {
                        progress.accept(file.size());
                    }
                    return finding;
                }));
            }
            for (Future<String> finding : findings) {
                String found = finding.get();
                if (!found.isEmpty()) {
                    damage.add(found);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
        return damage;
    }

    /** Bytes that {@link #run} will read. */
    public static Manifest manifest(GameFolder folder, Installed installed) throws IOException {
        Records records = Records.of(folder.root());
        if (!records.hasManifest(installed)) {
            throw new VerificationException(
                    records.manifest().toString(), "is damaged or missing; run the check with --repair", null);
        }
        return ManifestReader.read(records.manifest(), records.manifest().toString());
    }

    /** @return empty if the node is as shipped */
    private static String check(Path root, ManifestEntry entry) throws IOException {
        Path path = root.resolve(entry.path());
        BasicFileAttributes node;
        try {
            node = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return entry.path() + ": missing";
        }
        return switch (entry) {
            case ManifestEntry.File file -> {
                if (!node.isRegularFile()) {
                    yield entry.path() + ": is not a file";
                }
                yield node.size() == file.size() && Digests.sha256(path).equals(file.sha256())
                        ? ""
                        : entry.path() + ": content differs";
            }
            case ManifestEntry.Directory ignored -> node.isDirectory() ? "" : entry.path() + ": is not a folder";
            case ManifestEntry.Symlink link ->
                node.isSymbolicLink() && Files.readSymbolicLink(path).toString().equals(link.target())
                        ? ""
                        : entry.path() + ": is not the link that was shipped";
        };
    }
}
