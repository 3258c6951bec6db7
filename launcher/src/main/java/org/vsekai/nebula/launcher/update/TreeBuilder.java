package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
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
 * Builds a version's tree beside the game. A file that the game's folder has already, verified, is taken from there: by shared
 * blocks, as another name of the same file, or as a copy. A file that an earlier run completed is moved here, and one that it
 * began is gone on with. What is built must agree with the manifest in every node. One run for each tree.
 */
final class TreeBuilder implements ExtractListener {
    /** How unchanged files can come into the tree without being written. */
    enum Sharing {
        BLOCKS,
        NAMES,
        NONE
    }

    /** Told where the build stands. */
    interface Progress {
        /**
         * @param bytes of files in place since the last call
         * @param archiveEnd everything before this offset of the archive is in place
         */
        void advanced(long bytes, long archiveEnd);
    }

    private final Material material;
    private final Manifest manifest;
    private final Path tree;
    private final Sharing sharing;
    private final Progress progress;
    private final MessageDigest digest = Digests.newSha256();
    private ArchiveDecoder decoder = new ArchiveDecoder(InputStream.nullInputStream(), "nothing");
    private boolean suppliedWhole;
    private long copied;
    private int seen;

    /** @param tree what is built; does not exist yet */
    TreeBuilder(Material material, Path tree, Sharing sharing, Progress progress) {
        this.material = material;
        this.manifest = material.manifest();
        this.tree = tree;
        this.sharing = sharing;
        this.progress = progress;
    }

    /**
     * @param skeleton of the archive, without contents
     * @param writtenBytes of files
     */
    record Built(ArchiveSkeleton skeleton, long writtenBytes) {}

    Built build(InputStream archive) throws IOException {
        decoder = new ArchiveDecoder(archive, manifest.index(), manifest.archiveSize()).recordingSkeleton();
        long written = new ArchiveExtractor(
                        tree, ExtractOptions.forPlayers().withDurable(false).withResumable(true), this)
                .extract(decoder)
                .written();
        if (seen != manifest.entries().size()) {
            throw new VerificationException(
                    manifest.index(),
                    "the archive holds " + seen + " nodes, the manifest lists "
                            + manifest.entries().size(),
                    null);
        }
        return new Built(decoder.skeleton(), written + copied);
    }

    /**
     * Finds out what the file system offers, with two files of its own: making another name of a game's file would show on it.
     *
     * @param folder of the file system in question; left as it was
     */
    static Sharing probe(Path folder) throws IOException {
        Path one = folder.resolve("probe-1");
        Path other = folder.resolve("probe-2");
        Files.deleteIfExists(other);
        Files.write(one, new byte[1]);
        try {
            if (NativeFiles.cloneFile(one, other)) {
                return Sharing.BLOCKS;
            }
            return Trees.tryLink(one, other) ? Sharing.NAMES : Sharing.NONE;
        } finally {
            Files.deleteIfExists(other);
            Files.deleteIfExists(one);
        }
    }

    @Override
    public Supply supply(ArchiveEntry entry, Path file) throws IOException {
        Supply supply = find(entry, file);
        suppliedWhole = supply == Supply.OWN || supply == Supply.LINKED;
        digest.reset();
        return supply;
    }

    private Supply find(ArchiveEntry entry, Path file) throws IOException {
        String path = entry.path();
        if (!(manifest.entries().get(path) instanceof ManifestEntry.File wanted) || wanted.size() != entry.size()) {
            return Supply.NONE;
        }
        VerifiedFiles installed = material.installed();
        Path inGame = installed.folder().resolve(path);
        if (installed.isStill(path)) {
            Supply supply = share(inGame, file, path);
            if (supply != Supply.NONE) {
                return supply;
            }
        }
        Path leftOver = material.leftovers().folder().resolve(path);
        if (!Files.isRegularFile(leftOver, LinkOption.NOFOLLOW_LINKS)) {
            return Supply.NONE;
        }
        // An earlier run may have linked it with the game's file, which must never be written to.
        boolean alone = isAlone(leftOver, inGame);
        if (material.complete().isStill(path)) {
            Files.move(leftOver, file);
            return alone ? Supply.OWN : Supply.LINKED;
        }
        if (!alone) {
            Files.delete(leftOver);
            return Supply.NONE;
        }
        Files.move(leftOver, file);
        return Supply.PARTIAL;
    }

    private Supply share(Path source, Path file, String path) throws IOException {
        if (sharing == Sharing.NAMES && Trees.tryLink(source, file)) {
            return Supply.LINKED;
        }
        if (sharing != Sharing.BLOCKS || !NativeFiles.cloneFile(source, file)) {
            copied += Trees.copy(source, file);
        }
        if (material.installed().isStill(path)) {
            return Supply.OWN;
        }
        Files.delete(file); // It was written to meanwhile.
        return Supply.NONE;
    }

    private static boolean isAlone(Path leftOver, Path inGame) throws IOException {
        if (leftOver.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return (int) Files.getAttribute(leftOver, "unix:nlink", LinkOption.NOFOLLOW_LINKS) == 1;
        }
        return !Files.exists(inGame) || !Files.isSameFile(leftOver, inGame);
    }

    @Override
    public void content(byte[] bytes, int length) {
        digest.update(bytes, 0, length);
    }

    @Override
    public void progress(long bytes) {
        progress.advanced(bytes, decoder.position());
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

    private boolean hasDigest(ManifestEntry.File file) {
        return suppliedWhole || HexFormat.of().formatHex(digest.digest()).equals(file.sha256());
    }
}
