package org.vsekai.nebula.updater.assets;

import java.util.List;

/** An archive that players shall get in packs: whole, and as a delta from each of the bases. */
public record PackTarget(IndexName index, List<IndexName> bases) {
    public PackTarget {
        bases = List.copyOf(bases);
    }
}
