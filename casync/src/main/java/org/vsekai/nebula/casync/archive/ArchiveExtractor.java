package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * Makes a folder of an archive.
 *
 * <p><b>Why nothing is written outside of the target.</b> The decoder passes only names that are single components, each
 * once per directory. Every directory on the way to a node has been an entry before it, and was either created here or
 * found, without following links, to be a directory. No later entry can take its name, so it stays one; where the file
 * system takes two names for one, the second is refused, because what it finds there is not what it needs. Files are
 * created new, which never follows a link, and symlinks are made but never looked through. This holds against any archive;
 * it does not hold against another process that changes the target meanwhile.
 *
 * <p>When an extraction fails, what it made so far stays, without the file that it was writing unless the options say so. One
 * run at a time.
 */
public final class ArchiveExtractor {
    private static final String USER_NAMESPACE = "user.";
    private static final int BUFFER_SIZE = 1 << 18;

    private final Path target;
    private final ExtractOptions options;
    private final ExtractListener listener;
    private final boolean unix;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private final byte[] other = new byte[BUFFER_SIZE];

    private final Map<EntryKind, Long> made = new EnumMap<>(EntryKind.class);
    private long bytes;
    private long written;
    private long supplied;

    /**
     * @param target the folder to make (for an archive of a single file: the file); its parent must exist
     */
    public ArchiveExtractor(Path target, ExtractOptions options, ExtractListener listener) {
        this.target = target.toAbsolutePath();
        this.options = options;
        this.listener = listener;
        this.unix = target.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /**
     * Extracts the whole archive.
     *
     * @throws org.vsekai.nebula.casync.MalformedArchiveException when it is not sound
     * @throws UnsafePathException when it holds what the policy refuses, or what cannot be where it wants to be
     * @throws IOException when the target cannot be written, or as the archive's stream throws it
     */
    public ExtractReport extract(ArchiveDecoder archive) throws IOException {
        for (Optional<ArchiveElement> next = archive.next(); next.isPresent(); next = archive.next()) {
            switch (next.get()) {
                case ArchiveElement.Entry(ArchiveEntry entry) -> {
                    options.policy().check(archive.source(), entry);
                    Path path = locate(archive, entry);
                    switch (entry.kind()) {
                        case DIRECTORY -> makeDirectory(archive, entry, path);
                        case FILE -> makeFile(archive, entry, path);
                        case SYMLINK -> {
                            makeRoom(archive, entry, path);
                            Files.createSymbolicLink(path, path.getFileSystem().getPath(entry.linkTarget()));
                            complete(entry, path);
                        }
                        case DEVICE, FIFO, SOCKET -> {
                            makeRoom(archive, entry, path);
                            SpecialFile.create(path, entry);
                            complete(entry, path);
                        }
                    }
                }
                case ArchiveElement.End(ArchiveEntry directory) -> {
                    Path path = locate(archive, directory);
                    complete(directory, path);
                    if (options.durable()) {
                        DurableFiles.syncFolder(path);
                    }
                }
            }
        }
        return new ExtractReport(
                count(EntryKind.FILE),
                count(EntryKind.DIRECTORY),
                count(EntryKind.SYMLINK),
                count(EntryKind.DEVICE) + count(EntryKind.FIFO) + count(EntryKind.SOCKET),
                bytes,
                written,
                supplied);
    }

    private long count(EntryKind kind) {
        return made.getOrDefault(kind, 0L);
    }

    private Path locate(ArchiveDecoder archive, ArchiveEntry entry) {
        if (entry.path().isEmpty()) {
            return target;
        }
        try {
            return target.resolve(entry.path());
        } catch (InvalidPathException e) {
            throw new UnsafePathException(
                    archive.source(),
                    entry.offset(),
                    entry.path(),
                    "this system cannot name it (%s); a UTF-8 locale such as LC_ALL=C.UTF-8 may help"
                            .formatted(e.getReason()));
        }
    }

    private void makeDirectory(ArchiveDecoder archive, ArchiveEntry entry, Path path) throws IOException {
        boolean isRoot = entry.path().isEmpty();
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            // The target itself may be a symlink to a folder, as the user named it; below it nothing is followed.
            boolean usable = isRoot
                    ? Files.isDirectory(path)
                    : !options.fresh() && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
            if (!usable) {
                throw inTheWay(archive, entry);
            }
        }
        if (unix) {
            // Its children must be written whatever its own mode will be.
            Files.setAttribute(path, "unix:mode", (entry.mode() & 0777) | 0700);
        }
    }

    private void makeFile(ArchiveDecoder archive, ArchiveEntry entry, Path path) throws IOException {
        makeRoom(archive, entry, path);
        ExtractListener.Supply supply = listener.supply(entry, path);
        if (supply != ExtractListener.Supply.NONE && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " was said to be supplied, and is not a file");
        }
        boolean linked = supply == ExtractListener.Supply.LINKED;
        switch (supply) {
            case NONE -> writeFile(path, archive.payload());
            case PARTIAL -> mendFile(path, entry.size(), archive.payload());
            case OWN, LINKED -> {
                if (Files.size(path) != entry.size()) {
                    throw new IOException(path + " was said to be right, and has another size than in the archive");
                }
                if (linked && !hasMode(path, entry)) {
                    Path copy = DurableFiles.temporaryIn(DurableFiles.folderOf(path), ".tmp-");
                    Files.copy(path, copy, LinkOption.NOFOLLOW_LINKS);
                    Files.move(copy, path, StandardCopyOption.REPLACE_EXISTING);
                    written += entry.size();
                    linked = false;
                }
                supplied++;
            }
        }
        bytes += entry.size();
        if (linked) {
            made.merge(entry.kind(), 1L, Long::sum);
            listener.extracted(entry);
        } else {
            complete(entry, path);
        }
    }

    /** Writes what differs into a file that is there; what it read of the payload when it fails is in place. */
    private void mendFile(Path path, long size, InputStream payload) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.size() > size) {
                channel.truncate(size);
            }
            long at = 0;
            for (int n; (n = payload.read(buffer, 0, BUFFER_SIZE)) > 0; at += n) {
                ByteBuffer present = ByteBuffer.wrap(other, 0, n);
                for (int m = 0; m >= 0 && present.hasRemaining(); ) {
                    m = channel.read(present, at + present.position());
                }
                if (present.hasRemaining() || Arrays.mismatch(buffer, 0, n, other, 0, n) >= 0) {
                    ByteBuffer right = ByteBuffer.wrap(buffer, 0, n);
                    while (right.hasRemaining()) {
                        channel.write(right, at + right.position());
                    }
                    written += n;
                }
                listener.content(buffer, n);
                listener.progress(n);
            }
            if (options.durable()) {
                channel.force(true);
            }
        }
    }

    private void writeFile(Path path, InputStream payload) throws IOException {
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            // What has come is written before more is waited for.
            for (int n; (n = payload.read(buffer, 0, BUFFER_SIZE)) > 0; ) {
                ByteBuffer come = ByteBuffer.wrap(buffer, 0, n);
                while (come.hasRemaining()) {
                    channel.write(come);
                }
                written += n;
                listener.content(buffer, n);
                listener.progress(n);
            }
            if (options.durable()) {
                channel.force(true);
            }
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (!options.resumable()) {
                Files.deleteIfExists(path);
            }
            throw e;
        }
    }

    /** Sees to it that nothing has the name of the node; only files and links are ever removed for that. */
    private void makeRoom(ArchiveDecoder archive, ArchiveEntry entry, Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (options.fresh() || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw inTheWay(archive, entry);
            }
            Files.delete(path);
        }
    }

    private UnsafePathException inTheWay(ArchiveDecoder archive, ArchiveEntry entry) {
        return new UnsafePathException(
                archive.source(),
                entry.offset(),
                entry.path(),
                options.fresh()
                        ? "something of that name is already there, or another entry is the same to this file system"
                        : "something that must not be replaced by it is already there");
    }

    private boolean hasMode(Path path, ArchiveEntry entry) throws IOException {
        return !unix
                || !options.permissions()
                || (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS)
                        == (entry.mode() & ~07777 | permissions(entry));
    }

    private int permissions(ArchiveEntry entry) {
        return entry.mode() & (options.owners() ? 07777 : 0777);
    }

    /** Sets what writing would have changed. Owner before mode, since a change of owner clears setuid. */
    private void complete(ArchiveEntry entry, Path path) throws IOException {
        boolean isLink = entry.kind() == EntryKind.SYMLINK;
        if (unix && options.owners()) {
            Files.setAttribute(path, "unix:uid", (int) entry.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", (int) entry.gid(), LinkOption.NOFOLLOW_LINKS);
        }
        if (options.xattrs() && (entry.kind() == EntryKind.FILE || entry.kind() == EntryKind.DIRECTORY)) {
            setXattrs(entry, path);
        }
        if (unix && options.permissions() && !isLink) {
            Files.setAttribute(path, "unix:mode", permissions(entry));
        }
        if (options.times()) {
            setTime(entry, path);
        }
        made.merge(entry.kind(), 1L, Long::sum);
        listener.extracted(entry);
    }

    private static void setTime(ArchiveEntry entry, Path path) throws IOException {
        switch (entry.kind()) {
            case FILE, DIRECTORY, SYMLINK ->
                Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setTimes(FileTime.from(entry.mtimeNanos(), TimeUnit.NANOSECONDS), null, null);
            // Java opens what it sets times of, which waits for ever on a FIFO and may wake a device.
            case DEVICE, FIFO, SOCKET -> SpecialFile.setTime(path, entry);
        }
    }

    private static void setXattrs(ArchiveEntry entry, Path path) throws IOException {
        for (ExtendedAttribute xattr : entry.xattrs()) {
            if (xattr.name().startsWith(USER_NAMESPACE)) {
                UserDefinedFileAttributeView view =
                        Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
                if (view == null) {
                    throw new IOException(path + ": this file system keeps no extended attributes");
                }
                int written =
                        view.write(xattr.name().substring(USER_NAMESPACE.length()), ByteBuffer.wrap(xattr.value()));
                assert written == xattr.value().length;
            }
        }
    }
}
