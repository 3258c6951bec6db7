package org.vsekai.nebula.kit.transaction;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** Other transactions got in the way of every run. Nothing was changed; trying again later is safe. */
public final class ContentionException extends ProblemException {
    private final int attempts;

    ContentionException(int attempts, Throwable cause) {
        super(
                ProblemKind.UNAVAILABLE,
                "TRANSACTION_CONTENTION",
                "The change collided with other changes " + attempts + " times and was given up; nothing was changed."
                        + " Try again later.",
                cause);
        this.attempts = attempts;
    }

    public int attempts() {
        return attempts;
    }
}
