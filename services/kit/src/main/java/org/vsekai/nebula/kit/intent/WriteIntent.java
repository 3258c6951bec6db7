package org.vsekai.nebula.kit.intent;

import java.util.List;
import java.util.UUID;

/**
 * A write as it was announced.
 *
 * @param token goes with its transaction, see {@link org.vsekai.nebula.kit.fence.Fences}
 * @param covers {@code what/which}, for example {@code index/{name}}
 */
public record WriteIntent(UUID id, String kind, long token, List<String> covers) {
    public WriteIntent {
        covers = List.copyOf(covers);
    }

    /** The {@code which} of the first thing covered of that kind. @throws IllegalArgumentException if it covers none */
    public String covered(String what) {
        return covers.stream()
                .filter(cover -> cover.startsWith(what + "/"))
                .map(cover -> cover.substring(what.length() + 1))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the intent " + id + " of kind " + kind + " covers no " + what + ": " + covers));
    }
}
