package org.vsekai.nebula.client.entities;

/** The stream was lost before the answer came: what was asked for may have been done or not. Of an entity with an id of its own it shows when it is asked for again: that is refused then, as the id is taken. */
public final class OutcomeUnknownException extends EntityClientException {
    OutcomeUnknownException(String message) {
        super("OUTCOME_UNKNOWN", message, null);
    }
}
