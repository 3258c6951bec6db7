package org.vsekai.nebula.ledger.consensus;

import org.jspecify.annotations.Nullable;

/** Why a proposal has no result. The two kinds differ in whether proposing again can make the command count twice. */
public abstract sealed class ProposalException extends RuntimeException
        permits NotProposedException, OutcomeUnknownException {
    ProposalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
