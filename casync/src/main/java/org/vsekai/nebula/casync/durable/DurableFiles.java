package org.vsekai.nebula.casync.durable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * File operations that survive power loss once they returned. A folder's own entry is durable only after the folder is
 * synced, so each operation that adds a name syncs the folder that holds it. Windows offers no folder sync to Java; there
 * the rename itself is journalled by NTFS.
 */
public final class DurableFiles {
    private static final boolean FOLDERS_SYNC =
            !FileSystems.getDefault().getSeparator().equals("\\");

    private DurableFiles() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file whole: to a temporary beside it, synced, renamed over {@code target}, folder synced. On failure the
     * old file stays and the temporary is removed.
     *
     * @throws IOException names {@code target}
     */
    public static void replace(Path target, Content content) throws IOException {
        Path folder = folderOf(target);
        Path temporary = temporaryIn(folder, ".tmp-" + target.getFileName() + "-");
        try {
            write(temporary, content, true);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder(folder);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw new IOException("cannot write " + target + ": " + reason(e), e);
        } catch (RuntimeException | Error e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Writes a new file, which must not exist, and syncs it if asked. What a failure leaves is the caller's to remove. */
    public static void write(Path newFile, Content content, boolean sync) throws IOException {
        try (FileChannel channel = FileChannel.open(newFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = Channels.newOutputStream(channel);
            content.writeTo(out);
            out.flush();
            if (sync) {
                channel.force(true);
            }
        }
    }

    /** Creates a folder and its missing parents, durably. */
    public static void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            createFolders(parent);
        }
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        if (parent != null) {
            syncFolder(parent);
        }
    }

    /** Makes the names in a folder durable. */
    public static void syncFolder(Path folder) throws IOException {
        if (FOLDERS_SYNC) {
            syncFile(folder, StandardOpenOption.READ);
        }
    }

    /** Makes the content of a file durable. */
    public static void syncFile(Path file) throws IOException {
        syncFile(file, FOLDERS_SYNC ? StandardOpenOption.READ : StandardOpenOption.WRITE);
    }

    /**
     * Makes everything durable that was written to the file system which holds {@code folder}, by whomever; for many files at
     * once this is far cheaper than one sync each.
     *
     * @return false where the system does not offer it; nothing is synced then
     */
    public static boolean syncFileSystem(Path folder) throws IOException {
        return FileSystemSync.sync(folder);
    }

    private static void syncFile(Path file, StandardOpenOption access) throws IOException {
        try (FileChannel channel = FileChannel.open(file, access)) {
            channel.force(true);
        }
    }

    /** A free name in {@code folder} that starts with {@code prefix}; nothing is created. */
    public static Path temporaryIn(Path folder, String prefix) {
        return folder.resolve(
                prefix + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    /** The folder that holds a file. */
    public static Path folderOf(Path file) {
        @Nullable Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is a root, not a file");
        }
        return parent;
    }

    /** The words of a disk fault, without the path that many of them repeat. */
    public static String reason(IOException fault) {
        String message = fault.getMessage();
        if (fault instanceof NoSuchFileException) {
            return "the folder does not exist";
        }
        return message == null ? fault.getClass().getSimpleName() : message;
    }
}
