package org.vsekai.nebula.launcher.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.launcher.FolderBusyException;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.files.Trees;

/**
 * The folder beside a game in which its next version is made, held by one launcher at a time. It outlives an interrupted update
 * with all that was fetched.
 */
public final class WorkFolder implements AutoCloseable {
    private final Path path;
    private final Path lockFile;
    private final FileChannel channel;

    private WorkFolder(Path path, Path lockFile, FileChannel channel) {
        this.path = path;
        this.lockFile = lockFile;
        this.channel = channel;
    }

    /**
     * Creates the work folder if needed and takes it.
     *
     * @throws FolderBusyException if another launcher holds it
     */
    public static WorkFolder take(GameFolder folder) throws IOException {
        Path path = folder.work();
        while (true) {
            DurableFiles.createFolders(path);
            if (Files.isSymbolicLink(path)) {
                throw new FolderException(path.toString(), "must not be a symbolic link; remove it", null);
            }
            Path lockFile = path.resolve("lock");
            FileChannel channel;
            try {
                channel = FileChannel.open(
                        lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException e) {
                continue; // Its holder has just removed the folder: it is free.
            }
            try {
                if (locked(channel) && isStill(lockFile)) {
                    return new WorkFolder(path, lockFile, channel);
                }
                if (isStill(lockFile)) {
                    throw new FolderBusyException(folder.root().toString());
                }
                channel.close();
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static boolean isStill(Path lockFile) {
        return Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS);
    }

    /** Files of versions whose building was cut short. */
    public Path leftovers() {
        return path.resolve("partial");
    }

    /** A few chunks that were fetched and will be needed again. */
    public Path cache() {
        return path.resolve("cache");
    }

    /** Where a file from the servers is kept under its own name. */
    public Path download(String name) {
        return path.resolve(name);
    }

    public Path path() {
        return path;
    }

    /** Removes everything; the folder is gone once this is closed. */
    public void clear() throws IOException {
        for (Path child : Trees.children(path)) {
            if (!child.equals(lockFile)) {
                Trees.delete(child);
            }
        }
        // The lock file goes last and while it is held; whoever opened it meanwhile sees that its name is gone.
        Files.deleteIfExists(lockFile);
        Files.deleteIfExists(path);
    }

    /** Removes the folder unless it holds something that a later run can use. */
    public void clearIfUnused() throws IOException {
        if (Trees.children(path).stream().allMatch(lockFile::equals)) {
            clear();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
