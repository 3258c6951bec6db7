package org.vsekai.nebula.cdn.ranking;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.vsekai.nebula.cdn.probe.ProbeFigures;
import org.vsekai.nebula.cdn.registry.Cdn;

/**
 * The order in which a player of a region should try CDNs.
 *
 * <ol>
 *   <li>Unhealthy CDNs are left out. Only if no CDN is healthy they are all ranked, those that failed the fewest times
 *       in a row first: the probes may be what is broken, and a player who gets no CDN cannot try one.
 *   <li>CDNs of the player's region come first. Distances between regions are not known, so all others are equal.
 *   <li>Then by expected cost: the latency of a good probe divided by the share of probes that are good, which is the
 *       mean time to success if one tries again after each failure. Both are exponentially weighted means.
 *   <li>Then by uid, so that equal figures give an equal order everywhere.
 * </ol>
 */
final class Ranking {
    private Ranking() {}

    /** @param region empty if the player's is not known */
    static List<Cdn> rank(List<Cdn> cdns, Optional<String> region) {
        boolean anyHealthy = cdns.stream().anyMatch(cdn -> cdn.probes().healthy());
        return cdns.stream()
                .filter(cdn -> cdn.probes().healthy() || !anyHealthy)
                .sorted(Comparator.comparingInt((Cdn cdn) -> cdn.probes().consecutiveFailures())
                        .thenComparing(cdn ->
                                region.filter(cdn.entry().region()::equals).isEmpty())
                        .thenComparingDouble(cdn -> expectedCost(cdn.probes()))
                        .thenComparing(cdn -> cdn.entry().uid()))
                .toList();
    }

    /** Milliseconds; infinite if no probe was ever good. */
    private static double expectedCost(ProbeFigures probes) {
        Double latency = probes.latencyMillis();
        return latency == null ? Double.POSITIVE_INFINITY : latency / (1 - probes.failureRate());
    }
}
