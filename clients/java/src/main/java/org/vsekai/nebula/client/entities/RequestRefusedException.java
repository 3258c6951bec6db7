package org.vsekai.nebula.client.entities;

/** The zone did not do what one request asked for, and says why. The session goes on. */
public final class RequestRefusedException extends EntityClientException {
    private final Refusal refusal;

    RequestRefusedException(Refusal refusal) {
        super(refusal.reason().name(), "the zone refused a request: " + refusal.reason(), null);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
