package org.vsekai.nebula.assets.pack;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How packs are made. */
@ConfigMapping(prefix = "nebula.packs")
public interface PackConfig {
    /**
     * Whether this replica makes packs: one at a time, on one thread of low priority, with up to 0.6 GB of memory outside
     * the heap. A replica that does not still serves those that another has made in the same store.
     */
    @WithDefault("true")
    boolean make();

    /** How long the worker waits when there is nothing to do; a request at this replica wakes it at once. */
    @WithDefault("30s")
    Duration pollInterval();

    /** How long after a worker's last sign of life another may take over its pack. */
    @WithDefault("2m")
    Duration lease();

    /** Attempts at one pack before it is given up until it is asked for anew. */
    @WithDefault("5")
    int maxAttempts();

    /** From a failed attempt to the next; it doubles each time. */
    @WithDefault("1m")
    Duration retryDelay();

    /** The time between two removals of packs that nothing needs any more. */
    @WithDefault("10m")
    Duration sweepInterval();

    /** Files that no pack names any more stay this long, for downloads that are under way. */
    @WithDefault("1h")
    Duration fileGrace();

    /** How long a client or CDN may keep the list of an index's packs. */
    @WithDefault("60s")
    Duration listMaxAge();
}
