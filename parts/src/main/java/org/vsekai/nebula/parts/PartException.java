package org.vsekai.nebula.parts;

import org.jspecify.annotations.Nullable;

/** A server could not be unpacked, started or stopped; the message says which, why, and where its log is. */
public final class PartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PartException(String message) {
        super(message);
    }

    PartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
