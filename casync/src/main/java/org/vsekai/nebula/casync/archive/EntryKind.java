package org.vsekai.nebula.casync.archive;

/** What a node of an archive is, as its mode says. */
public enum EntryKind {
    FILE,
    DIRECTORY,
    SYMLINK,
    /** A character or block device; the mode tells which. */
    DEVICE,
    FIFO,
    SOCKET
}
