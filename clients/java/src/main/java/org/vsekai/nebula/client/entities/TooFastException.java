package org.vsekai.nebula.client.entities;

/** The session sent more frames or updates than it may. It is over. */
public final class TooFastException extends EntityClientException {
    TooFastException(String message) {
        super("TOO_FAST", message, null);
    }
}
