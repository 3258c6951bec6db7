package org.vsekai.nebula.cdn.ranking;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.registry.CdnEntry;

/** Rankings over REST, open to players. */
@Path("/api/v1/ranking")
@Produces(MediaType.APPLICATION_JSON)
class RankingResource {
    /** A CDN as players see it. */
    record RankedCdn(String uid, String name, String uri, String region) {
        static RankedCdn of(CdnEntry entry) {
            return new RankedCdn(entry.uid(), entry.name(), entry.uri().text(), entry.region());
        }
    }

    /** CDNs to try, best first. */
    record View(List<RankedCdn> cdns) {}

    private final Rankings rankings;

    RankingResource(Rankings rankings) {
        this.rankings = rankings;
    }

    @GET
    @PermitAll
    @NonBlocking
    public View rank(@RestQuery @Nullable String region) {
        return new View(rankings.rank(region).stream().map(RankedCdn::of).toList());
    }
}
