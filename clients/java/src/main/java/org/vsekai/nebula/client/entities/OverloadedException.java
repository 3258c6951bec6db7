package org.vsekai.nebula.client.entities;

/** More is waiting in this session than its settings allow. Nothing was done; the server or the network takes less than is given. */
public final class OverloadedException extends EntityClientException {
    OverloadedException(String message) {
        super("OVERLOADED", message, null);
    }
}
