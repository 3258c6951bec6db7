package org.vsekai.nebula.cdn.registry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is registered from the start, and bounds. */
@ConfigMapping(prefix = "nebula.cdn.registry")
interface RegistryConfig {
    /**
     * CDNs to register or update at start: entries {@code uid|name|uri|region}, separated by commas. Environment:
     * {@code NEBULA_CDN_SEED}.
     */
    @WithDefault("${NEBULA_CDN_SEED:}")
    Optional<List<String>> seed();

    /** The most CDNs that can be registered; all of them are kept in memory. */
    @WithDefault("1000")
    int maxCdns();

    /** For how long CDNs as last read may still be ranked while the database is away. */
    @WithDefault("10m")
    Duration maxAge();
}
