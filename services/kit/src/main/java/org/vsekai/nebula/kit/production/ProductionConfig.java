package org.vsekai.nebula.kit.production;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** Whether settings are looked at before players are served. */
@ConfigMapping(prefix = "nebula.production")
interface ProductionConfig {
    /** Whether the process refuses to start with unsafe settings, and names each. Environment: {@code NEBULA_PRODUCTION}. */
    @WithDefault("${NEBULA_PRODUCTION:false}")
    boolean enabled();

    /** Names of findings that are meant to be so, as those of connections that a mesh encrypts. */
    Optional<List<String>> accepted();
}
