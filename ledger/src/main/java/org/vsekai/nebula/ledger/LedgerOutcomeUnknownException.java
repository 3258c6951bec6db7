package org.vsekai.nebula.ledger;

import org.jspecify.annotations.Nullable;

/**
 * The command was taken, and then its leader was lost or time ran out: it has been carried out, or will be, or never will.
 * Sending it again with the same request id, within a minute of the first time, tells which and counts once.
 */
public final class LedgerOutcomeUnknownException extends LedgerException {
    private final RequestId requestId;

    public LedgerOutcomeUnknownException(RequestId requestId, @Nullable Throwable cause) {
        super(
                "the outcome of request %s is not known; send it again with the same request id".formatted(requestId),
                cause);
        this.requestId = requestId;
    }

    @Override
    public String code() {
        return "outcome-unknown";
    }

    public RequestId requestId() {
        return requestId;
    }
}
