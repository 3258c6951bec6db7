package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.files.Trees;
import org.vsekai.nebula.launcher.manifest.ManifestReader;

/**
 * What interrupted updates have built so far: files by their path, complete or cut short, of whatever version. The next update
 * takes over what is right for it and goes on in what is not complete. Only names move, so nothing takes space twice, and each
 * step may be cut short and done again.
 *
 * @param folder may not exist, if nothing is left over
 */
record Leftovers(Path folder) {
    /** Moves the files of a tree that was not finished here, over what is here of the same path. The tree is gone then. */
    void gather(Path unfinished) throws IOException {
        if (!Trees.isFolder(unfinished)) {
            Trees.delete(unfinished);
            return;
        }
        Trees.delete(unfinished.resolve(ManifestReader.RESERVED_FOLDER));
        Files.walkFileTree(unfinished, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && attributes.size() > 0) {
                    Path target = folder.resolve(unfinished.relativize(file).toString());
                    if (Trees.isFolder(target)) {
                        Trees.delete(target);
                    }
                    makeFolders(target.getParent());
                    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Trees.delete(unfinished);
    }

    /** Folders on the way to a file; what an older version had as a file gives way. */
    private void makeFolders(@Nullable Path wanted) throws IOException {
        if (wanted == null || Trees.isFolder(wanted)) {
            return;
        }
        if (!wanted.equals(folder)) {
            makeFolders(wanted.getParent());
        }
        Files.deleteIfExists(wanted);
        Files.createDirectory(wanted);
    }

    /** Deletes all but the files at some paths. */
    void retain(Set<String> paths) throws IOException {
        if (!Trees.isFolder(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = folder.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/");
                if (!attributes.isRegularFile() || !paths.contains(path)) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Bytes of the file of a path that are here; 0 if there is none. */
    long size(String path) throws IOException {
        Path file = folder.resolve(path);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
    }
}
