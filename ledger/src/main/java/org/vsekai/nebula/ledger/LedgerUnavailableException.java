package org.vsekai.nebula.ledger;

import org.jspecify.annotations.Nullable;

/**
 * No majority answered in time. A command that failed so was certainly not carried out and never will be; a read may be
 * asked again, or asked for as {@link Consistency#STALE}.
 */
public final class LedgerUnavailableException extends LedgerException {
    public LedgerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public String code() {
        return "ledger-unavailable";
    }
}
