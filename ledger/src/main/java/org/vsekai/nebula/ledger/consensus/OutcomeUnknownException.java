package org.vsekai.nebula.ledger.consensus;

import org.jspecify.annotations.Nullable;

/**
 * The command was taken by a leader that was then lost, or that did not answer in time. It may have been applied, may still
 * be, or never will; only a command that counts once however often it is proposed may be proposed again.
 */
public final class OutcomeUnknownException extends ProposalException {
    public OutcomeUnknownException(String reason) {
        this(reason, null);
    }

    public OutcomeUnknownException(String reason, @Nullable Throwable cause) {
        super("outcome unknown: " + reason, cause);
    }
}
