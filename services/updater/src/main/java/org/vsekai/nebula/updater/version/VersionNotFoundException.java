package org.vsekai.nebula.updater.version;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/** A mode has no such version. */
public final class VersionNotFoundException extends ProblemException {
    VersionNotFoundException(ModeName mode, SemanticVersion version) {
        super(ProblemKind.NOT_FOUND, "VERSION_NOT_FOUND", "Mode " + mode + " has no version " + version + ".");
    }
}
