package org.vsekai.nebula.client.entities;

/** The server ended the stream in order and unasked, as it does when another client takes the session over. The session is over. */
public final class SessionEndedException extends EntityClientException {
    SessionEndedException(String message) {
        super("SESSION_ENDED", message, null);
    }
}
