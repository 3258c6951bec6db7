package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.archive.ArchiveDecoder;
import org.vsekai.nebula.casync.archive.ArchiveEntry;
import org.vsekai.nebula.casync.archive.ArchiveExtractor;
import org.vsekai.nebula.casync.archive.ArchiveSkeleton;
import org.vsekai.nebula.casync.archive.ExtractListener;
import org.vsekai.nebula.casync.archive.ExtractOptions;
import org.vsekai.nebula.launcher.VerificationException;
import org.vsekai.nebula.launcher.files.NativeFiles;
import org.vsekai.nebula.launcher.files.Trees;
import org.vsekai.nebula.launcher.manifest.Manifest;
import org.vsekai.nebula.launcher.manifest.ManifestEntry;

/**
 * Builds a version's tree beside the game. A file that the installed version has with the same digest is taken from there, by
 * shared blocks, as another name of the same file, or as a copy; the extractor compares it with the archive, so that a damaged one
 * is written anew. What is built must agree with the manifest in every node. One run for each tree.
 */
final class TreeBuilder implements ExtractListener {
    private final Manifest manifest;
    private final @Nullable Manifest installed;
    private final Path game;
    private final Path tree;
    private final LongConsumer progress;
    private final Set<String> supplied = new HashSet<>();
    private boolean cloning = true;
    private int seen;

    /**
     * @param installed null if the game's folder holds no version
     * @param tree what is built
     */
    TreeBuilder(Manifest manifest, @Nullable Manifest installed, Path game, Path tree, LongConsumer progress) {
        this.manifest = manifest;
        this.installed = installed;
        this.game = game;
        this.tree = tree;
        this.progress = progress;
    }

    /** @return what the tree's archive was, without contents */
    ArchiveSkeleton build(InputStream archive) throws IOException {
        ArchiveDecoder decoder =
                new ArchiveDecoder(archive, manifest.index(), manifest.archiveSize()).recordingSkeleton();
        new ArchiveExtractor(tree, ExtractOptions.forPlayers().withDurable(false), this).extract(decoder);
        if (seen != manifest.entries().size()) {
            throw new VerificationException(
                    manifest.index(),
                    "the archive holds " + seen + " nodes, the manifest lists "
                            + manifest.entries().size(),
                    null);
        }
        return decoder.skeleton();
    }

    /** Bytes of files that the installed version does not have. */
    static long changedBytes(Manifest manifest, @Nullable Manifest installed) {
        long bytes = 0;
        for (ManifestEntry entry : manifest.entries().values()) {
            if (entry instanceof ManifestEntry.File file && !isUnchanged(file, installed)) {
                bytes = Math.addExact(bytes, file.size());
            }
        }
        return bytes;
    }

    private static boolean isUnchanged(ManifestEntry.File file, @Nullable Manifest installed) {
        return installed != null
                && installed.entries().get(file.path()) instanceof ManifestEntry.File before
                && before.sha256().equals(file.sha256());
    }

    @Override
    public Supply supply(ArchiveEntry entry, Path file) throws IOException {
        Path source = game.resolve(entry.path());
        if (!(manifest.entries().get(entry.path()) instanceof ManifestEntry.File wanted)
                || !isUnchanged(wanted, installed)
                || !Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)
                || Files.size(source) != wanted.size()
                || !source.toRealPath().equals(source)) {
            return Supply.NONE;
        }
        supplied.add(entry.path());
        if (cloning) {
            cloning = NativeFiles.cloneFile(source, file);
            if (cloning) {
                return Supply.COPIED;
            }
        }
        return Trees.link(source, file) ? Supply.LINKED : Supply.COPIED;
    }

    @Override
    public void progress(long bytes) {
        progress.accept(bytes);
    }

    @Override
    public void extracted(ArchiveEntry entry) throws IOException {
        if (entry.path().isEmpty()) {
            return;
        }
        seen++;
        boolean agrees =
                switch (manifest.entries().get(entry.path())) {
                    case null -> false;
                    case ManifestEntry.File file ->
                        switch (entry.kind()) {
                            case FILE -> file.size() == entry.size() && hasDigest(file);
                            case DIRECTORY, SYMLINK, DEVICE, FIFO, SOCKET -> false;
                        };
                    case ManifestEntry.Directory ignored ->
                        switch (entry.kind()) {
                            case DIRECTORY -> true;
                            case FILE, SYMLINK, DEVICE, FIFO, SOCKET -> false;
                        };
                    case ManifestEntry.Symlink link -> link.target().equals(entry.linkTarget());
                };
        if (!agrees) {
            throw new VerificationException(
                    manifest.index(), "the archive and the manifest disagree about '" + entry.path() + "'", null);
        }
    }

    private boolean hasDigest(ManifestEntry.File file) throws IOException {
        // What was supplied has been compared with the archive, and its digest with the manifest of its own version.
        return supplied.contains(file.path())
                || Digests.sha256(tree.resolve(file.path())).equals(file.sha256());
    }
}
