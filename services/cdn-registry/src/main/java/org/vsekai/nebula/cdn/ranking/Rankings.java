package org.vsekai.nebula.cdn.ranking;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.registry.Cdn;
import org.vsekai.nebula.cdn.registry.CdnEntry;
import org.vsekai.nebula.cdn.registry.KnownCdns;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * Rankings for players, whatever protocol asks for them; from memory, so it never waits. The order is worked out once per region
 * and generation of what is known. Thread-safe.
 */
@ApplicationScoped
public class Rankings {
    /** The rankings of one generation, as they are asked for. */
    private record Ranked(
            KnownCdns.Reading reading, Set<String> regions, ConcurrentMap<Optional<String>, List<CdnEntry>> byRegion) {
        static Ranked of(KnownCdns.Reading reading) {
            Set<String> regions =
                    reading.cdns().stream().map(cdn -> cdn.entry().region()).collect(Collectors.toUnmodifiableSet());
            return new Ranked(reading, regions, new ConcurrentHashMap<>());
        }

        /** A region that no CDN has is ranked as none, so there are never more rankings than CDNs, and one. */
        List<CdnEntry> rank(Optional<String> region) {
            return byRegion.computeIfAbsent(
                    region.filter(regions::contains), wanted -> Ranking.rank(reading.cdns(), wanted).stream()
                            .map(Cdn::entry)
                            .toList());
        }
    }

    private final KnownCdns known;
    private volatile @Nullable Ranked ranked;

    Rankings(KnownCdns known) {
        this.known = known;
    }

    /**
     * The CDNs to try, best first; empty only if none is registered.
     *
     * @param region the player's; null or empty if not known. One that no CDN has is as good as none
     * @throws ProblemException RANKING_UNAVAILABLE if the CDNs could not be read for too long
     */
    public List<CdnEntry> rank(@Nullable String region) {
        KnownCdns.Reading reading = known.findReading()
                .orElseThrow(() -> new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "RANKING_UNAVAILABLE",
                        "The CDNs have not been read from the database yet, or too long ago. Try again later."));
        Optional<String> wanted = Optional.ofNullable(region)
                .map(text -> text.strip().toLowerCase(Locale.ROOT))
                .filter(text -> !text.isEmpty());
        Ranked current = ranked;
        if (current == null || current.reading().generation() != reading.generation()) {
            // Two threads may both begin, to the same end.
            current = Ranked.of(reading);
            ranked = current;
        }
        return current.rank(wanted);
    }
}
