package org.vsekai.nebula.updater.assets;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** An archive is whole but holds something that no version may hold. */
public final class UnsuitableArchiveException extends ProblemException {
    private final String path;

    UnsuitableArchiveException(String path, String reason) {
        super(
                ProblemKind.FAILED_PRECONDITION,
                "ARCHIVE_UNSUITABLE",
                "The archive's '" + path + "' cannot be published: " + reason + ".");
        this.path = path;
    }

    /** The offending node's path, as far as it can be shown. */
    public String path() {
        return path;
    }
}
