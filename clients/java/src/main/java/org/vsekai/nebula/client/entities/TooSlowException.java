package org.vsekai.nebula.client.entities;

/** The session read more slowly than is of use. It joins again. */
public final class TooSlowException extends EntityClientException {
    TooSlowException(String message) {
        super("TOO_SLOW", message, null);
    }
}
