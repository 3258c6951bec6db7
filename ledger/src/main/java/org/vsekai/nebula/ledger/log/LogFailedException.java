package org.vsekai.nebula.ledger.log;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The disk under the log failed. What the failed call was given may or may not be durable, and after a failed sync the kernel
 * may have forgotten pages it never wrote; so the log refuses all writes from then on. Repair the disk and start the
 * member again: opening reads and checks everything.
 */
public final class LogFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;

    public LogFailedException(Path file, IOException cause) {
        super("%s: %s; the log takes no more writes until it is opened again".formatted(file, cause), cause);
        this.file = file;
    }

    /** The file or folder that was being written. */
    public Path file() {
        return file;
    }
}
