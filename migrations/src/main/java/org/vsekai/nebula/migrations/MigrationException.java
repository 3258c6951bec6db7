package org.vsekai.nebula.migrations;

/** The database could not be reached, read or migrated; running again is safe. */
public final class MigrationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MigrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
