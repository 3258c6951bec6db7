package org.vsekai.nebula.launcher.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.LocalStorageException;
import org.vsekai.nebula.launcher.manifest.ManifestReader;

/**
 * Where a game lies and where the work on it is done.
 *
 * @param root the game, absolute, free of symbolic links; it may not exist yet
 */
public record GameFolder(Path root) {
    /** Finds the real place of what a user named; nothing is created. */
    public static GameFolder of(Path named) {
        Path absolute = named.toAbsolutePath().normalize();
        try {
            if (Files.exists(absolute)) {
                absolute = absolute.toRealPath();
            } else if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
                throw new FolderException(named.toString(), "is a symbolic link that leads nowhere; remove it", null);
            } else {
                Path parent = absolute.getParent();
                if (parent != null && Files.exists(parent)) {
                    absolute = parent.toRealPath().resolve(absolute.getFileName());
                }
            }
        } catch (IOException e) {
            throw new LocalStorageException(named.toString(), "cannot be looked at: " + DurableFiles.reason(e), e);
        }
        if (absolute.getParent() == null) {
            throw new FolderException(named.toString(), "is the root of a file system; name a folder in it", null);
        }
        if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
            throw new FolderException(named.toString(), "is not a folder", null);
        }
        return new GameFolder(absolute);
    }

    public Path parent() {
        return DurableFiles.folderOf(root);
    }

    /** Beside the game, thus on its file system. */
    public Path work() {
        return parent().resolve("." + root.getFileName() + ".vsekai-work");
    }

    /** What the launcher knows about the game; part of the tree, so that it changes places with it. */
    public Path records() {
        return root.resolve(ManifestReader.RESERVED_FOLDER);
    }
}
