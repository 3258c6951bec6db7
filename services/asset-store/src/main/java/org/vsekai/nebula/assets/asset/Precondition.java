package org.vsekai.nebula.assets.asset;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.revision.EntityTags;

/** What a write expects to find, from its If-Match and If-None-Match (RFC 9110, 13.1). */
record Precondition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
    static final Precondition NONE = new Precondition(null, null);

    /** @throws ProblemException REVISION_MISMATCH */
    void check(Optional<Asset> current) {
        if (ifMatch != null) {
            EntityTags.requireMatch(ifMatch, current.map(Asset::entityTag).orElseThrow(Precondition::absent));
        }
        if (ifNoneMatch != null
                && current.filter(asset -> EntityTags.isNotModified(ifNoneMatch, asset.entityTag()))
                        .isPresent()) {
            throw new ProblemException(
                    ProblemKind.REVISION_MISMATCH,
                    "REVISION_MISMATCH",
                    "The asset exists already; it was not changed.");
        }
    }

    private static ProblemException absent() {
        return new ProblemException(
                ProblemKind.REVISION_MISMATCH, "REVISION_MISMATCH", "If-Match was sent, and there is no such asset.");
    }
}
