package org.vsekai.nebula.kit.fence;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** A later writer has come, or recovery has shut this one out. Its transaction was not committed and never will be. */
public final class FencedOutException extends ProblemException {
    private final String resource;
    private final long token;

    FencedOutException(String resource, long token) {
        super(
                ProblemKind.UNAVAILABLE,
                "FENCED_OUT",
                "The change of " + resource + " took so long that another one overtook it or that it was given up (its"
                        + " fencing token " + token + " is too old); nothing was changed. Try again.");
        this.resource = resource;
        this.token = token;
    }

    public String resource() {
        return resource;
    }

    public long token() {
        return token;
    }
}
