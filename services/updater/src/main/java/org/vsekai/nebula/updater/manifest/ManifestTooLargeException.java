package org.vsekai.nebula.updater.manifest;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** An archive has more in it than a manifest may list. */
public final class ManifestTooLargeException extends ProblemException {
    ManifestTooLargeException(long limit, String unit) {
        super(
                ProblemKind.FAILED_PRECONDITION,
                "MANIFEST_TOO_LARGE",
                "The archive's manifest would have more than " + limit + " " + unit + ". Publish fewer files.");
    }
}
