package org.vsekai.nebula.assets.pack;

import java.util.List;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.kit.problem.ProblemException;

/**
 * An index that shall have an install pack, and a delta pack from each base.
 *
 * @param bases at most {@value #MAX_BASES}
 */
public record PackTarget(ContentName index, List<ContentName> bases) {
    static final int MAX_BASES = 10;

    /** @throws ProblemException TOO_MANY_PACKS */
    public PackTarget {
        bases = bases.stream().distinct().filter(base -> !base.equals(index)).toList();
        if (bases.size() > MAX_BASES) {
            throw ProblemException.invalid("TOO_MANY_PACKS", "An index may have " + MAX_BASES + " delta packs.");
        }
    }
}
