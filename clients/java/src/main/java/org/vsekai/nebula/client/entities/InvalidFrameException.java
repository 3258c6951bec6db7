package org.vsekai.nebula.client.entities;

/** The server says that a frame of this session breaks the rules, which is a fault of this library or the server. The session is over. */
public final class InvalidFrameException extends EntityClientException {
    InvalidFrameException(String message) {
        super("INVALID_FRAME", message, null);
    }
}
