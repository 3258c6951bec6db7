package org.vsekai.nebula.client.entities;

/** The session was closed here, and what was asked of it is not done any more, or not known to be. */
public final class SessionClosedException extends EntityClientException {
    SessionClosedException(String message) {
        super("SESSION_CLOSED", message, null);
    }
}
