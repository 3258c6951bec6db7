package org.vsekai.nebula.kit.ledger;

import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** The ledger does not answer, or has no majority. Nothing was done and nothing will be; trying again later is safe. */
public final class LedgerUnavailableException extends ProblemException {
    LedgerUnavailableException(String detail, @Nullable Throwable cause) {
        super(ProblemKind.UNAVAILABLE, "LEDGER_UNAVAILABLE", detail, cause);
    }
}
