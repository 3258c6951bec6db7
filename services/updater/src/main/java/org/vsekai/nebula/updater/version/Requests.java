package org.vsekai.nebula.updater.version;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/** What callers name things by, checked. */
public final class Requests {
    private Requests() {}

    /** @throws ProblemException INVALID_VERSION if the text is no semantic version */
    public static SemanticVersion version(String text) {
        return SemanticVersion.find(text)
                .orElseThrow(() -> ProblemException.invalid(
                        "INVALID_VERSION",
                        "A version must be a semantic version (https://semver.org), such as 1.2.3 or 1.2.3-rc.1, of at"
                                + " most " + SemanticVersion.MAX_LENGTH + " characters."));
    }

    /** @throws ProblemException INVALID_INDEX_NAME if the text is no index's name */
    public static IndexName index(String text) {
        try {
            return new IndexName(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid(
                    "INVALID_INDEX_NAME",
                    "An index is named {sha256}.caidx, with the SHA-256"
                            + " of its bytes in 64 lower-case hex digits.");
        }
    }
}
