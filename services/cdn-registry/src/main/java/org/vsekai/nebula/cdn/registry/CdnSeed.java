package org.vsekai.nebula.cdn.registry;

import java.util.List;
import org.vsekai.nebula.kit.problem.ProblemException;

/** The entries that {@code NEBULA_CDN_SEED} names. */
final class CdnSeed {
    private CdnSeed() {}

    /**
     * Reads entries {@code uid|name|uri|region}.
     *
     * @throws IllegalArgumentException naming the entry that is wrong
     */
    static List<CdnEntry> parse(List<String> entries) {
        return entries.stream()
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .map(CdnSeed::parse)
                .toList();
    }

    private static CdnEntry parse(String entry) {
        String[] fields = entry.split("\\|", -1);
        if (fields.length != 4) {
            throw new IllegalArgumentException(
                    "NEBULA_CDN_SEED: the entry \"" + entry + "\" is not of the form uid|name|uri|region");
        }
        try {
            return CdnEntry.of(fields[0].strip(), fields[1].strip(), fields[2].strip(), fields[3].strip());
        } catch (ProblemException e) {
            throw new IllegalArgumentException("NEBULA_CDN_SEED: the entry \"" + entry + "\": " + e.detail(), e);
        }
    }
}
