package org.vsekai.nebula.casync;

import org.jspecify.annotations.Nullable;

/**
 * The base of everything this library reports by its own types. Absent, corrupt and unavailable are different leaves,
 * so that a caller can retry, refetch or give up by type and never by message text. Faults of the local disk stay
 * {@link java.io.IOException}s, wrapped in {@link java.io.UncheckedIOException} where a signature has no place for them.
 */
public abstract sealed class CasyncException extends RuntimeException
        permits MalformedIndexException,
                MalformedPackException,
                MalformedArchiveException,
                ChunkMissingException,
                ChunkCorruptException,
                StoreUnavailableException,
                UnsafePathException,
                InputChangedException {

    protected CasyncException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** A stable name of the failure for programs, in lower case with hyphens. */
    public abstract String code();
}
