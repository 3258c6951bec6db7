package org.vsekai.nebula.client.entities;

/** The {@link TicketSupplier} failed; the cause says how. The session asks again while its patience lasts. */
public final class TicketUnavailableException extends EntityClientException {
    TicketUnavailableException(Throwable cause) {
        super("TICKET_UNAVAILABLE", "no ticket could be had: " + cause.getMessage(), cause);
    }
}
