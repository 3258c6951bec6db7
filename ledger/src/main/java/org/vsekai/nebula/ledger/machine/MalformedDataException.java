package org.vsekai.nebula.ledger.machine;

import java.io.IOException;

/** Bytes that are no command, result or snapshot. It names the byte at which the fault was seen. */
public final class MalformedDataException extends IOException {
    private static final long serialVersionUID = 1;

    private final long offset;

    MalformedDataException(long offset, String reason) {
        super("byte %d: %s".formatted(offset, reason));
        this.offset = offset;
    }

    /** Bytes from the start of the command, of the result, or of the state machine's part of the snapshot. */
    public long offset() {
        return offset;
    }
}
