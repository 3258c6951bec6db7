package org.vsekai.nebula.cdn.ranking;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.registry.Cdn;
import org.vsekai.nebula.cdn.registry.CdnEntry;
import org.vsekai.nebula.cdn.registry.KnownCdns;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** Rankings for players, whatever protocol asks for them; from memory, so it never waits. Thread-safe. */
@ApplicationScoped
public class Rankings {
    private final KnownCdns known;

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
        List<Cdn> cdns = known.find()
                .orElseThrow(() -> new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "RANKING_UNAVAILABLE",
                        "The CDNs have not been read from the database yet, or too long ago. Try again later."));
        Optional<String> wanted = Optional.ofNullable(region)
                .map(text -> text.strip().toLowerCase(Locale.ROOT))
                .filter(text -> !text.isEmpty());
        return Ranking.rank(cdns, wanted).stream().map(Cdn::entry).toList();
    }
}
