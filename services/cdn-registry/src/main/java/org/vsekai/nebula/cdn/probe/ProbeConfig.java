package org.vsekai.nebula.cdn.probe;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How CDNs are probed. */
@ConfigMapping(prefix = "nebula.cdn.probe")
public interface ProbeConfig {
    /** The mean time between two probes of a CDN; each pause is 10 % longer or shorter at random. */
    @WithDefault("30s")
    Duration interval();

    /** The pause after a first failed probe; it doubles with each failure in a row, up to the interval. */
    @WithDefault("1s")
    Duration retryPause();

    /** How often the CDNs are read to see which are due; also how old a ranking is at most in good times. */
    @WithDefault("1s")
    Duration poll();

    /** How long a probe may take in all, from resolving the name to the last byte; less than the interval. */
    @WithDefault("10s")
    Duration deadline();

    /** Probes under way at once. */
    @WithDefault("8")
    int concurrency();
}
