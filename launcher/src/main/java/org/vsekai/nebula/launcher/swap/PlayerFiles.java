package org.vsekai.nebula.launcher.swap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import org.vsekai.nebula.launcher.files.Trees;
import org.vsekai.nebula.launcher.manifest.ManifestReader;

/**
 * Carries what the player added from an old tree into a new one. It runs twice for each update: before the swap it links, so
 * that the new tree has the player's files at its first moment; after the swap it moves, which brings what was added in
 * between and replaces what was rewritten. Each run may follow an interrupted one.
 *
 * <p>The new version's own nodes always win their path. A player's node in their way is kept beside them as {@code NAME.player},
 * {@code NAME.player-2} and so on. Where both trees hold a player's file of the same path, the one written last stays.
 */
final class PlayerFiles {
    private enum Way {
        LINK,
        MOVE
    }

    private final Path from;
    private final ShippedPaths shippedBefore;
    private final Path to;
    private final ShippedPaths shippedNow;
    private final Way way;

    private PlayerFiles(Path from, ShippedPaths shippedBefore, Path to, ShippedPaths shippedNow, Way way) {
        this.from = from;
        this.shippedBefore = shippedBefore;
        this.to = to;
        this.shippedNow = shippedNow;
        this.way = way;
    }

    /** Leaves {@code from} as it is. */
    static void link(Path from, ShippedPaths shippedBefore, Path to, ShippedPaths shippedNow) throws IOException {
        new PlayerFiles(from, shippedBefore, to, shippedNow, Way.LINK).carryFolder("");
    }

    /** Leaves nothing of the player's in {@code from}. */
    static void move(Path from, ShippedPaths shippedBefore, Path to, ShippedPaths shippedNow) throws IOException {
        new PlayerFiles(from, shippedBefore, to, shippedNow, Way.MOVE).carryFolder("");
    }

    private void carryFolder(String folder) throws IOException {
        for (Path child : Trees.children(from.resolve(folder))) {
            String name = child.getFileName().toString();
            String path = folder.isEmpty() ? name : folder + "/" + name;
            if (path.equals(ManifestReader.RESERVED_FOLDER)) {
                continue;
            }
            BasicFileAttributes node = attributes(child);
            if (!shippedBefore.ships(path, node)) {
                place(child, node, folderInNewTree(folder), name, path);
            } else if (node.isDirectory()) {
                carryFolder(path);
            }
        }
    }

    /** The folder of the new tree that stands for one of the old; made if the new version has none, or a file in its place. */
    private Path folderInNewTree(String folder) throws IOException {
        Path target = to;
        if (folder.isEmpty()) {
            return target;
        }
        Path source = from;
        for (String name : folder.split("/", -1)) {
            source = source.resolve(name);
            Path candidate = target.resolve(name);
            for (int i = 1; Trees.exists(candidate) && !Trees.isFolder(candidate); i++) {
                candidate = target.resolve(aside(name, i));
            }
            if (!Trees.exists(candidate)) {
                createLike(source, candidate);
            }
            target = candidate;
        }
        return target;
    }

    /** @param path in the old tree */
    private void place(Path node, BasicFileAttributes attributes, Path targetFolder, String name, String path)
            throws IOException {
        Path target = targetFolder.resolve(name);
        boolean shippedTarget = target.equals(to.resolve(path)) && shippedNow.entry(path) != null;
        if (Trees.exists(target)) {
            BasicFileAttributes there = attributes(target);
            if (attributes.isDirectory() && there.isDirectory()) {
                merge(node, target, path);
                return;
            }
            if (same(node, attributes, target, there)) {
                return;
            }
            if (!shippedTarget && !attributes.isDirectory() && !there.isDirectory()) {
                if (way == Way.MOVE && attributes.lastModifiedTime().compareTo(there.lastModifiedTime()) > 0) {
                    Files.move(node, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                }
                return;
            }
            for (int i = 1; Trees.exists(target); i++) {
                target = targetFolder.resolve(aside(name, i));
                if (Trees.exists(target)) {
                    BasicFileAttributes kept = attributes(target);
                    if (same(node, attributes, target, kept)) {
                        return;
                    }
                    if (attributes.isDirectory() && kept.isDirectory()) {
                        merge(node, target, path);
                        return;
                    }
                }
            }
        }
        if (way == Way.MOVE) {
            Files.move(node, target, StandardCopyOption.ATOMIC_MOVE);
        } else if (attributes.isDirectory()) {
            createLike(node, target);
            merge(node, target, path);
        } else if (attributes.isSymbolicLink()) {
            Files.createSymbolicLink(target, Files.readSymbolicLink(node));
        } else if (attributes.isRegularFile()) {
            boolean ignored = Trees.link(node, target);
        }
        // A socket or a pipe belongs to a running program; it moves with the second run.
    }

    private void merge(Path folder, Path target, String path) throws IOException {
        for (Path child : Trees.children(folder)) {
            String name = child.getFileName().toString();
            place(child, attributes(child), target, name, path + "/" + name);
        }
    }

    private static boolean same(Path one, BasicFileAttributes first, Path other, BasicFileAttributes second)
            throws IOException {
        if (first.fileKey() != null && first.fileKey().equals(second.fileKey())) {
            return true;
        }
        if (first.isSymbolicLink() && second.isSymbolicLink()) {
            return Files.readSymbolicLink(one).equals(Files.readSymbolicLink(other));
        }
        // A copy made by the first run where there are no hard links, or what the version ships in the very same form.
        return first.isRegularFile()
                && second.isRegularFile()
                && first.size() == second.size()
                && Files.mismatch(one, other) == -1;
    }

    private static String aside(String name, int attempt) {
        return name + (attempt == 1 ? ".player" : ".player-" + attempt);
    }

    private static void createLike(Path source, Path target) throws IOException {
        Files.createDirectory(target);
        PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(Files.getPosixFilePermissions(source, LinkOption.NOFOLLOW_LINKS));
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
