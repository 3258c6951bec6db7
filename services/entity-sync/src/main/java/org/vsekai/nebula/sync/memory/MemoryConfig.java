package org.vsekai.nebula.sync.memory;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How zones' state is kept in the shared cache. There is none of it where no cache is configured. */
@ConfigMapping(prefix = "nebula.zones.memory")
interface MemoryConfig {
    /** From the beginning of a round to that of the next. A round that takes longer delays the next, and nothing is queued. */
    @WithDefault("100ms")
    Duration interval();

    /** How long the cluster keeps what nobody writes again; a zone writes all anew in half of it. At least a minute. */
    @WithDefault("24h")
    Duration lifespan();

    /** How long a call waits for the cluster. */
    @WithDefault("1s")
    Duration timeout();

    /** Pages of a zone that are on their way at once, each some tens of kilobytes. */
    @WithDefault("32")
    int inFlight();

    /**
     * A zone whose state cannot be asked for, as the cluster does not answer, is tried again for so long, here or by another node, and then
     * begins without.
     */
    @WithDefault("30s")
    Duration patience();
}
