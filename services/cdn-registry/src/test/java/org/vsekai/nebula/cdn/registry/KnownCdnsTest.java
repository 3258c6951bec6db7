package org.vsekai.nebula.cdn.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.cdn.probe.ProbeFigures;

class KnownCdnsTest {
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final KnownCdns known = new KnownCdns(
            new RegistryConfig() {
                @Override
                public Optional<List<String>> seed() {
                    return Optional.empty();
                }

                @Override
                public int maxCdns() {
                    return 1;
                }

                @Override
                public Duration maxAge() {
                    return MAX_AGE;
                }
            },
            clock);

    @Test
    void nothingIsKnownBeforeTheFirstReading() {
        assertThat(known.find()).isEmpty();
    }

    @Test
    void anEmptyReadingIsKnownToBeEmpty() {
        known.replace(List.of());
        assertThat(known.find()).contains(List.of());
    }

    @Test
    void readingIsForgottenWhenItIsTooOld() {
        known.replace(List.of());
        now = now.plus(MAX_AGE);
        assertThat(known.find()).isPresent();
        now = now.plusMillis(1);
        assertThat(known.find()).isEmpty();
    }

    @Test
    void generationGrowsWithWhatIsReadAndNotWithReading() {
        known.replace(List.of());
        long first = known.findReading().orElseThrow().generation();
        known.replace(List.of());
        assertThat(known.findReading().orElseThrow().generation()).isEqualTo(first);
        known.replace(List.of(cdn()));
        long second = known.findReading().orElseThrow().generation();
        assertThat(second).isGreaterThan(first);
        known.replace(List.of(cdn()));
        assertThat(known.findReading().orElseThrow().generation()).isEqualTo(second);
    }

    private static Cdn cdn() {
        return new Cdn(
                new UUID(1, 2),
                CdnEntry.of("one", "One", "https://cdn.example/", "eu"),
                null,
                ProbeFigures.NONE,
                Instant.EPOCH);
    }
}
