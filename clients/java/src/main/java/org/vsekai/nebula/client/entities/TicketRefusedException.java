package org.vsekai.nebula.client.entities;

/** The ticket is not for this zone, too old or not signed by this installation. The session is over. */
public final class TicketRefusedException extends EntityClientException {
    TicketRefusedException(String message) {
        super("TICKET_REFUSED", message, null);
    }
}
