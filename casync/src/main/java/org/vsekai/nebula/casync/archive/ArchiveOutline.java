package org.vsekai.nebula.casync.archive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * Foretells the skeleton of a published archive from a list of its nodes. Since publishing leaves out owners, times and
 * extended attributes, names, modes, sizes and link targets settle every byte but the contents; so a reader that has such a
 * list knows where each file's content will lie before it has fetched anything. It remains a guess: an archive made in another
 * way differs, which the size of the archive or the digests of its chunks tell.
 *
 * <p>Nodes are added in archive order. Not for use by several threads.
 */
public final class ArchiveOutline {
    private final ArchiveEncoder encoder = new ArchiveEncoder();
    private final Deque<Directory> open = new ArrayDeque<>();

    private record Directory(String path, long filename, byte[] name, long entry, GoodbyeTable table) {}

    /** With the root only. */
    public ArchiveOutline() {
        open.push(new Directory("", 0, new byte[0], 0, new GoodbyeTable()));
        encoder.entry(Catar.DIRECTORY | 0755, 0, 0, 0);
    }

    /**
     * @param path relative to the root, its parts joined by {@code /}
     * @throws IllegalArgumentException unless the folder that holds it is the last one added, or holds that
     */
    public void directory(String path, int permissions) {
        long filename = filename(path);
        byte[] name = name(path);
        open.push(new Directory(path, filename, name, encoder.position(), new GoodbyeTable()));
        encoder.entry(Catar.DIRECTORY | permissions, 0, 0, 0);
    }

    /** As {@link #directory}. */
    public void file(String path, int permissions, long size) {
        long filename = filename(path);
        encoder.entry(Catar.REGULAR | permissions, 0, 0, 0);
        encoder.payload(size);
        close(filename, name(path));
    }

    /** As {@link #directory}. */
    public void symlink(String path, String target) {
        long filename = filename(path);
        encoder.entry(Catar.LINK | 0777, 0, 0, 0);
        encoder.symlink(target.getBytes(StandardCharsets.UTF_8));
        close(filename, name(path));
    }

    /** Ends the archive; nothing can be added any more. */
    public ArchiveSkeleton finish() {
        while (open.size() > 1) {
            endDirectory();
        }
        Directory root = open.pop();
        encoder.goodbye(root.entry, root.table);
        return new ArchiveSkeleton(encoder.finish());
    }

    /** Ends the folders that do not hold {@code path}, and begins its node; where that is. */
    private long filename(String path) {
        int slash = path.lastIndexOf('/');
        String parent = slash < 0 ? "" : path.substring(0, slash);
        while (!top().path.equals(parent)) {
            if (open.size() == 1) {
                throw new IllegalArgumentException("'" + path + "' is out of order");
            }
            endDirectory();
        }
        long at = encoder.position();
        encoder.filename(name(path));
        return at;
    }

    private void endDirectory() {
        Directory ended = open.pop();
        encoder.goodbye(ended.entry, ended.table);
        close(ended.filename, ended.name);
    }

    private void close(long filename, byte[] name) {
        top().table.add(new GoodbyeTable.Item(filename, encoder.position() - filename, SipHash.ofName(name)));
    }

    private Directory top() {
        return Objects.requireNonNull(open.peek());
    }

    private static byte[] name(String path) {
        return path.substring(path.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
    }
}
