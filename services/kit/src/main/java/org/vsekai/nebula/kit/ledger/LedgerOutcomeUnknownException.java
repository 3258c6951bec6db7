package org.vsekai.nebula.kit.ledger;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * The deadline passed after the ledger may have taken the command: it was carried out, or still will be, or never. Sending it
 * again with {@link #requestId()}, within a minute of the first time, tells which and counts once.
 */
public final class LedgerOutcomeUnknownException extends ProblemException {
    private final UUID requestId;

    public LedgerOutcomeUnknownException(UUID requestId, @Nullable Throwable cause) {
        super(
                ProblemKind.OUTCOME_UNKNOWN,
                "LEDGER_OUTCOME_UNKNOWN",
                "The ledger did not answer in time, so the change may or may not be made. Look before trying again.",
                cause);
        this.requestId = requestId;
    }

    public UUID requestId() {
        return requestId;
    }
}
