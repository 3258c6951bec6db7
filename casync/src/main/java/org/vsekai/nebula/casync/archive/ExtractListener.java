package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.nio.file.Path;

/** What an extraction tells, and asks. Called on the thread that extracts. */
public interface ExtractListener {
    ExtractListener NONE = new ExtractListener() {};

    /** What a listener has put in a file's place. */
    enum Supply {
        /** Nothing; the extractor writes the file. */
        NONE,
        /** A file of its own that may be cut short or wrong in places; the extractor writes what differs into it. */
        PARTIAL,
        /** The whole file with the right content, as a file of its own (a copy or reflink). */
        OWN,
        /** The whole file with the right content, as another name of a file elsewhere (a hard link), never written to. */
        LINKED
    }

    /**
     * Before a file is written: the chance to put it there from somewhere near. The content of a whole file is for the
     * listener to vouch for; the archive's is passed over unread. A hard link whose mode differs from the archive's becomes
     * a copy; otherwise its metadata are left as they are.
     *
     * @param file where it must be created; its folder exists and it does not
     */
    default Supply supply(ArchiveEntry entry, Path file) throws IOException {
        return Supply.NONE;
    }

    /** The next bytes of the file being written, as they are in place; not told of files supplied whole. To be read only. */
    default void content(byte[] bytes, int length) {}

    /** So many more bytes of files are in place. */
    default void progress(long bytes) {}

    /** A node is in place; a directory once all that is in it is. */
    default void extracted(ArchiveEntry entry) throws IOException {}
}
