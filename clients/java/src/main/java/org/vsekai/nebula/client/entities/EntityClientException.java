package org.vsekai.nebula.client.entities;

import org.jspecify.annotations.Nullable;

/**
 * The base of everything this library reports by its own types, so that a caller can retry, restate or give up by type and never by
 * message text.
 */
public abstract sealed class EntityClientException extends RuntimeException
        permits MalformedFrameException,
                TicketRefusedException,
                TicketUnavailableException,
                ZoneNotFoundException,
                ZoneFullException,
                ZoneMovedException,
                ZoneUnavailableException,
                InvalidFrameException,
                TooFastException,
                TooSlowException,
                StreamLostException,
                SessionRefusedException,
                SessionEndedException,
                SessionClosedException,
                OutcomeUnknownException,
                RequestRefusedException,
                OverloadedException {

    private final String code;

    EntityClientException(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** A stable name of the failure for programs, in upper case with underscores; the server's where it is the server's failure. */
    public final String code() {
        return code;
    }
}
