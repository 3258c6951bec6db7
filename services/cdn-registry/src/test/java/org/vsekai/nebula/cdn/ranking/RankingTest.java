package org.vsekai.nebula.cdn.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.probe.ProbeFigures;
import org.vsekai.nebula.cdn.registry.Cdn;
import org.vsekai.nebula.cdn.registry.CdnEntry;

class RankingTest {
    @Test
    void sameRegionComesBeforeFaster() {
        assertThat(rank("eu", healthy("far", "us", 5, 0), healthy("near", "eu", 50, 0)))
                .containsExactly("near", "far");
    }

    @Test
    void withinARegionFasterComesFirst() {
        assertThat(rank("eu", healthy("slow", "eu", 50, 0), healthy("fast", "eu", 5, 0)))
                .containsExactly("fast", "slow");
    }

    @Test
    void failuresCountAsTime() {
        assertThat(rank("eu", healthy("flaky", "eu", 20, 0.5), healthy("steady", "eu", 30, 0)))
                .containsExactly("steady", "flaky");
    }

    @Test
    void otherRegionsAreAllEqualSoSpeedDecides() {
        assertThat(rank("mars", healthy("a", "us", 50, 0), healthy("b", "eu", 5, 0)))
                .containsExactly("b", "a");
        assertThat(rank("", healthy("a", "us", 50, 0), healthy("b", "eu", 5, 0)))
                .containsExactly("b", "a");
    }

    @Test
    void unhealthyIsLeftOutEvenInTheRegion() {
        assertThat(rank("eu", unhealthy("near", "eu", 1), healthy("far", "us", 50, 0)))
                .containsExactly("far");
    }

    @Test
    void ifNoneIsHealthyAllAreRankedByFailuresInARow() {
        assertThat(rank("eu", unhealthy("worst", "eu", 9), unhealthy("far", "us", 1), unhealthy("near", "eu", 1)))
                .containsExactly("near", "far", "worst");
    }

    @Test
    void noCdnsGiveAnEmptyRanking() {
        assertThat(rank("eu")).isEmpty();
    }

    @Test
    void orderDoesNotDependOnTheOrderGiven() {
        List<Cdn> cdns = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            cdns.add(healthy("cdn-" + (char) ('a' + i), i % 2 == 0 ? "eu" : "us", 10 + i % 3, 0));
        }
        List<Cdn> expected = Ranking.rank(cdns, Optional.of("eu"));
        Random random = new Random(42);
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(cdns, random);
            assertThat(Ranking.rank(cdns, Optional.of("eu"))).isEqualTo(expected);
        }
    }

    private static List<String> rank(String region, Cdn... cdns) {
        return Ranking.rank(List.of(cdns), Optional.of(region)).stream()
                .map(cdn -> cdn.entry().uid())
                .toList();
    }

    private static Cdn healthy(String uid, String region, double latencyMillis, double failureRate) {
        return cdn(uid, region, new ProbeFigures(true, latencyMillis, failureRate, 10, 0, 0, null));
    }

    private static Cdn unhealthy(String uid, String region, int consecutiveFailures) {
        return cdn(
                uid,
                region,
                new ProbeFigures(false, 1.0, 0.9, 10, consecutiveFailures, consecutiveFailures, "HTTP status 500"));
    }

    private static Cdn cdn(String uid, String region, ProbeFigures figures) {
        return new Cdn(
                UUID.nameUUIDFromBytes(uid.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                new CdnEntry(uid, uid, CdnUri.parse("https://" + uid + ".example/"), region),
                Instant.EPOCH,
                figures,
                Instant.EPOCH);
    }
}
