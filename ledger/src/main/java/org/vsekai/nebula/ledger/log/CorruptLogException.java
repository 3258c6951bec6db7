package org.vsekai.nebula.ledger.log;

import java.nio.file.Path;

/**
 * A file of the log holds what neither this program nor a crash of it can have left there. The file was not changed: it is the
 * evidence. Take the member out of the group, empty its folder and add it anew; an empty or older folder under the id of a voter
 * would have forgotten what it promised.
 */
public final class CorruptLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long offset;

    public CorruptLogException(Path file, long offset, String what) {
        super("%s: corrupt at byte %d: %s".formatted(file, offset, what));
        this.file = file;
        this.offset = offset;
    }

    public Path file() {
        return file;
    }

    /** Bytes from the start of {@link #file()} to where the fault was seen. */
    public long offset() {
        return offset;
    }
}
