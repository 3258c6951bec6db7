package org.vsekai.nebula.updater.version;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** When pins are compared with versions. */
@ConfigMapping(prefix = "nebula.updater.sweep")
interface SweepConfig {
    /** From the end of one sweep to the next. */
    @WithDefault("5m")
    Duration interval();

    /**
     * Pins younger than this are left alone. At least twice {@code nebula.updater.publish.deadline}: the pin of a version
     * in the making must not be dropped, and asset-store's clock is not ours.
     */
    @WithDefault("3h")
    Duration grace();
}
