package org.vsekai.nebula.ledger.consensus;

import org.jspecify.annotations.Nullable;

/** The command is certainly not in the log and never will be: it is safe to propose it again. */
public final class NotProposedException extends ProposalException {
    public NotProposedException(String reason) {
        this(reason, null);
    }

    public NotProposedException(String reason, @Nullable Throwable cause) {
        super("not proposed: " + reason, cause);
    }
}
