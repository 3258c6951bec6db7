package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.UnsafePathException;

/** Walks a folder in the order of its archive and encodes everything but the contents of files. */
final class FolderWalk {
    private static final String USER_NAMESPACE = "user.";

    private final Path root;
    private final ArchiveOptions options;
    private final boolean unix;
    /** Leave out what cannot be looked at, instead of failing. */
    private final boolean doubtful;

    private final ArchiveEncoder encoder = new ArchiveEncoder();
    /** Modification times of the files as seen, in the order of the archive. */
    private final List<FileTime> times = new ArrayList<>();

    /** What the archive records of a node. */
    private record Status(int mode, long uid, long gid, long rdev, long size, FileTime mtime) {}

    private record Child(Path path, byte[] name) {}

    private FolderWalk(Path root, ArchiveOptions options, boolean doubtful) {
        this.root = root;
        this.options = options;
        this.doubtful = doubtful;
        this.unix = root.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** The archive without the contents of files, and the times at which these were last modified. */
    record Outcome(byte[] literals, List<FileTime> times) {}

    static Outcome encode(Path root, ArchiveOptions options) throws IOException {
        return encode(root, options, false);
    }

    static Outcome encode(Path root, ArchiveOptions options, boolean doubtful) throws IOException {
        FolderWalk walk = new FolderWalk(root, options, doubtful);
        walk.node(root, "");
        return new Outcome(walk.encoder.finish(), walk.times);
    }

    private void node(Path node, String path) throws IOException {
        long start = encoder.position();
        Status status;
        try {
            status = status(node);
        } catch (NoSuchFileException e) {
            if (path.isEmpty()) {
                throw e;
            }
            throw new InputChangedException(node.toString(), "it has vanished");
        }
        int type = status.mode & Catar.TYPE_MASK;
        if (options.normalized()) {
            encoder.entry(normalizedMode(status.mode), 0, 0, 0);
        } else {
            encoder.entry(status.mode, status.uid, status.gid, status.mtime.to(TimeUnit.NANOSECONDS));
            if (type == Catar.REGULAR || type == Catar.DIRECTORY) {
                xattrs(node).forEach(encoder::xattr);
            }
        }
        switch (type) {
            case Catar.REGULAR -> {
                encoder.payload(status.size);
                times.add(status.mtime);
            }
            case Catar.LINK -> encoder.symlink(utf8(Files.readSymbolicLink(node), path));
            case Catar.CHARACTER_DEVICE, Catar.BLOCK_DEVICE -> encoder.device(major(status.rdev), minor(status.rdev));
            case Catar.DIRECTORY -> {
                GoodbyeTable table = new GoodbyeTable();
                for (Child child : children(node, path)) {
                    long childStart = encoder.position();
                    encoder.filename(child.name);
                    String name = new String(child.name, StandardCharsets.UTF_8);
                    node(child.path, path.isEmpty() ? name : path + "/" + name);
                    table.add(new GoodbyeTable.Item(
                            childStart, encoder.position() - childStart, SipHash.ofName(child.name)));
                }
                encoder.goodbye(start, table);
            }
            default -> {} // FIFOs and sockets are their ENTRY only
        }
    }

    private List<Child> children(Path directory, String path) throws IOException {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path child : stream) {
                Path name = child.getFileName();
                if (path.isEmpty() && options.excluded().contains(name.toString())) {
                    continue;
                }
                if (!doubtful || isUsable(child)) {
                    children.add(new Child(child, utf8(name, path.isEmpty() ? "" : path + "/")));
                }
            }
        } catch (DirectoryIteratorException e) {
            if (!doubtful) {
                throw e.getCause();
            }
        } catch (IOException e) {
            if (!doubtful) {
                throw e;
            }
        }
        children.sort(Comparator.comparing(Child::name, Arrays::compareUnsigned));
        return children;
    }

    private boolean isUsable(Path child) throws IOException {
        try {
            byte[] ignored = utf8(child.getFileName(), "");
            int type = status(child).mode & Catar.TYPE_MASK;
            if (type == Catar.LINK) {
                ignored = utf8(Files.readSymbolicLink(child), "");
            }
            return ignored.length <= Catar.PATH_MAX;
        } catch (NoSuchFileException | AccessDeniedException | UnsafePathException e) {
            return false;
        }
    }

    /** The bytes of a name or link target, which must be UTF-8 on the disk as in the archive. */
    private byte[] utf8(Path name, String parent) {
        String text = name.toString();
        // Java shows bytes that it cannot decode as U+FFFD; only a true U+FFFD leads back to the same bytes.
        boolean lossless;
        try {
            lossless = text.indexOf('\ufffd') < 0
                    || root.getFileSystem().getPath(text).equals(name);
        } catch (InvalidPathException e) {
            lossless = false;
        }
        if (!lossless) {
            throw new UnsafePathException(
                    root.toString(),
                    encoder.position(),
                    parent + text,
                    "the name is not valid %s; rename it%s"
                            .formatted(
                                    System.getProperty("sun.jnu.encoding"),
                                    "UTF-8".equals(System.getProperty("sun.jnu.encoding"))
                                            ? ""
                                            : " or run under a UTF-8 locale (LC_ALL=C.UTF-8)"));
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Status status(Path node) throws IOException {
        if (unix) {
            Map<String, Object> found = Files.readAttributes(
                    node, "unix:mode,uid,gid,rdev,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
            return new Status(
                    attribute(found, "mode", Integer.class),
                    Integer.toUnsignedLong(attribute(found, "uid", Integer.class)),
                    Integer.toUnsignedLong(attribute(found, "gid", Integer.class)),
                    attribute(found, "rdev", Long.class),
                    attribute(found, "size", Long.class),
                    attribute(found, "lastModifiedTime", FileTime.class));
        }
        BasicFileAttributes found = Files.readAttributes(node, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        int mode;
        if (found.isDirectory()) {
            mode = Catar.DIRECTORY | 0755;
        } else if (found.isSymbolicLink()) {
            mode = Catar.LINK | 0777;
        } else {
            mode = Catar.REGULAR | 0644;
        }
        return new Status(mode, 0, 0, 0, found.size(), found.lastModifiedTime());
    }

    private static <T> T attribute(Map<String, Object> found, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(found.get(name), name));
    }

    private static int normalizedMode(int mode) {
        int type = mode & Catar.TYPE_MASK;
        return switch (type) {
            case Catar.DIRECTORY -> type | 0755;
            case Catar.LINK -> type | 0777;
            default -> type | ((mode & 0100) != 0 ? 0755 : 0644);
        };
    }

    private static List<ExtendedAttribute> xattrs(Path node) throws IOException {
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(node, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            return List.of();
        }
        List<ExtendedAttribute> xattrs = new ArrayList<>();
        for (String name : view.list()) {
            ByteBuffer value = ByteBuffer.allocate(view.size(name));
            view.read(name, value);
            xattrs.add(new ExtendedAttribute(USER_NAMESPACE + name, Arrays.copyOf(value.array(), value.position())));
        }
        xattrs.sort(
                Comparator.comparing(xattr -> xattr.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
        return xattrs;
    }

    /** Linux packs 12 bits of the major and 8 of the minor number low, the others above. */
    private static long major(long rdev) {
        return ((rdev >>> 8) & 0xfff) | ((rdev >>> 32) & 0xfffff000L);
    }

    private static long minor(long rdev) {
        return (rdev & 0xff) | ((rdev >>> 12) & 0xffffff00L);
    }
}
