package org.vsekai.nebula.casync.archive;

/** What {@link ArchiveDecoder#next()} comes upon. A directory is an {@link Entry}, its children, and its {@link End}. */
public sealed interface ArchiveElement {
    /** A node. The content of a file is read from {@link ArchiveDecoder#payload()} before the next element. */
    record Entry(ArchiveEntry entry) implements ArchiveElement {}

    /** All children of the directory have been seen: time to set what writing them would have changed. */
    record End(ArchiveEntry directory) implements ArchiveElement {}
}
