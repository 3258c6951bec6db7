package org.vsekai.nebula.kit.transaction;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * The connection was lost while the transaction was being committed: it may or may not have taken effect. Only a look
 * at the data tells; a caller must not simply run it again.
 */
public final class OutcomeUnknownException extends ProblemException {
    OutcomeUnknownException(Throwable cause) {
        super(
                ProblemKind.OUTCOME_UNKNOWN,
                "OUTCOME_UNKNOWN",
                "The connection to the database was lost during the commit, so the change may or may not have been"
                        + " made. Look before trying again.",
                cause);
    }
}
