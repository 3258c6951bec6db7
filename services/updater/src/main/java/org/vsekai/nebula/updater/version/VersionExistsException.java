package org.vsekai.nebula.updater.version;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** A mode has a version of equal precedence already. */
public final class VersionExistsException extends ProblemException {
    private final Version existing;

    VersionExistsException(Version existing) {
        super(
                ProblemKind.ALREADY_EXISTS,
                "VERSION_EXISTS",
                "Mode " + existing.mode() + " has version " + existing.version() + " already, of index "
                        + existing.index() + ". Versions that differ in build metadata only count as one."
                        + " Publish under a higher version.");
        this.existing = existing;
    }

    public Version existing() {
        return existing;
    }
}
