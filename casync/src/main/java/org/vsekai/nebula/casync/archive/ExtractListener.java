package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.nio.file.Path;

/** What an extraction tells, and asks. Called on the thread that extracts. */
public interface ExtractListener {
    ExtractListener NONE = new ExtractListener() {};

    /** How a file came to be there. */
    enum Supply {
        /** It is not there; the extractor writes it. */
        NONE,
        /** It is there as a file of its own (a copy or reflink). */
        COPIED,
        /** It is there as another name of a file elsewhere (a hard link), which must not be changed. */
        LINKED
    }

    /**
     * Before a file is written: the chance to put it there from somewhere near. The extractor compares it with the archive
     * and replaces it where it differs, so a guess does no harm. A hard link whose mode differs from the archive's becomes
     * a copy; otherwise its metadata are left as they are.
     *
     * @param file where it must be created; its folder exists and it does not
     */
    default Supply supply(ArchiveEntry entry, Path file) throws IOException {
        return Supply.NONE;
    }

    /** So many more bytes of files are in place. */
    default void progress(long bytes) {}

    /** A node is in place; a directory once all that is in it is. */
    default void extracted(ArchiveEntry entry) throws IOException {}
}
