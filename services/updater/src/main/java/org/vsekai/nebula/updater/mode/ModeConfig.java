package org.vsekai.nebula.updater.mode;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How modes are remembered. */
@ConfigMapping(prefix = "nebula.updater.mode")
interface ModeConfig {
    /** How old an answer to a player may be: for so long a process goes by what it last read of a mode. */
    @WithDefault("2s")
    Duration maxAge();

    /** Modes that a process remembers; there are hardly ever more than a few dozen. */
    @WithDefault("10000")
    long maxRemembered();
}
