package org.vsekai.nebula.ledger;

import org.jspecify.annotations.Nullable;

/**
 * The base of what the ledger reports by its own types. A refusal that the members agreed on is no exception but a
 * {@link Result.Refusal}; these say that there is no answer, or that the question was malformed.
 */
public abstract sealed class LedgerException extends RuntimeException
        permits InvalidCommandException,
                LedgerUnavailableException,
                LedgerOutcomeUnknownException,
                TooManyWatchesException {

    protected LedgerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** A stable name of the failure for programs, in lower case with hyphens. */
    public abstract String code();
}
