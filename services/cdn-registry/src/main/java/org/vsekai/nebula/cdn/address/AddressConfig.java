package org.vsekai.nebula.cdn.address;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Which addresses CDNs may have. */
@ConfigMapping(prefix = "nebula.cdn.address")
public interface AddressConfig {
    /** Whether CDNs on this machine are allowed. For a stack on one machine only. */
    @WithDefault("${NEBULA_CDN_ALLOW_LOOPBACK:false}")
    boolean allowLoopback();

    /** Whether CDNs in private networks (RFC 1918, RFC 4193, RFC 6598) are allowed. */
    @WithDefault("${NEBULA_CDN_ALLOW_PRIVATE:false}")
    boolean allowPrivate();

    /** How long the name service may take for one host name. */
    @WithDefault("5s")
    Duration resolveTimeout();

    /** Lookups under way at once; one more fails at once. */
    @WithDefault("16")
    int resolveConcurrency();
}
