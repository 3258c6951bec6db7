package org.vsekai.nebula.sync.zone;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How this node hosts zones. */
@ConfigMapping(prefix = "nebula.zones")
interface ZonesConfig {
    /** Zones that this node owns at once, at most. Each has a thread. */
    @WithDefault("16")
    int most();

    /** host:port by which clients reach this node's gRPC; told to those who ask another node. Environment: {@code NEBULA_ZONES_ADDRESS}. */
    Optional<String> address();

    /** How long a session whose client is gone keeps what it owns. */
    @WithDefault("30s")
    Duration resume();

    /** How often a node tries to claim zones that nobody owns. */
    @WithDefault("500ms")
    Duration claimInterval();

    /** How long loading a zone's state may take before its claim is given back. */
    @WithDefault("60s")
    Duration loadPatience();

    /** How long writing what is left may take when a zone is given up in good order. */
    @WithDefault("15s")
    Duration finishPatience();
}
