package org.vsekai.nebula.client.entities;

import io.grpc.Status;

/** The server refuses the session for a reason that this library has no type for; another attempt would be refused too. It is over. */
public final class SessionRefusedException extends EntityClientException {
    private final Status.Code status;

    /** @param code the reason that the server gave, else the status' name */
    SessionRefusedException(String code, Status.Code status, String message) {
        super(code, message, null);
        this.status = status;
    }

    public Status.Code status() {
        return status;
    }
}
