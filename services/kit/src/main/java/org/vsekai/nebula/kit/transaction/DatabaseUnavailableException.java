package org.vsekai.nebula.kit.transaction;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** The database cannot be reached or refuses connections. Nothing was changed; trying again later is safe. */
public final class DatabaseUnavailableException extends ProblemException {
    DatabaseUnavailableException(Throwable cause) {
        super(
                ProblemKind.UNAVAILABLE,
                "DATABASE_UNAVAILABLE",
                "The service cannot reach its database. Try again later.",
                cause);
    }
}
