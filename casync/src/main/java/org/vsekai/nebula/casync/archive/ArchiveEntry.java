package org.vsekai.nebula.casync.archive;

import java.util.List;

/**
 * One node of an archive.
 *
 * @param path from the archive's root, components parted by {@code /}; empty for the root itself
 * @param mode {@code st_mode} of Linux: kind, setuid, setgid, sticky and permission bits
 * @param mtimeNanos nanoseconds since 1970 in UTC
 * @param xattrs in the order of the archive
 * @param linkTarget what a symlink points to; empty for other kinds
 * @param size bytes of a file's content; 0 for other kinds
 * @param offset where the node begins in the archive, with its name if it has one: what errors name
 * @param payloadOffset where a file's content begins in the archive
 * @param deviceMajor of a device; else 0
 */
public record ArchiveEntry(
        String path,
        EntryKind kind,
        int mode,
        long uid,
        long gid,
        long mtimeNanos,
        List<ExtendedAttribute> xattrs,
        String linkTarget,
        long size,
        long offset,
        long payloadOffset,
        long deviceMajor,
        long deviceMinor) {

    public ArchiveEntry {
        xattrs = List.copyOf(xattrs);
    }

    /** The last component of the path; empty for the root. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Setuid, setgid, sticky and permission bits. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isExecutable() {
        return (mode & 0100) != 0;
    }

    /** Number of directories between the root and this node: -1 for the root, 0 for its children. */
    int depth() {
        return path.isEmpty() ? -1 : (int) path.chars().filter(c -> c == '/').count();
    }
}
