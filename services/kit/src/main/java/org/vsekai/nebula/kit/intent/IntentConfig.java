package org.vsekai.nebula.kit.intent;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How writes to more than one store are announced and recovered. */
@ConfigMapping(prefix = "nebula.intents")
interface IntentConfig {
    /** How long a write waits for this process to hold its lease of the ledger before it is refused. */
    @WithDefault("5s")
    Duration leasePatience();

    /** How long settling one write may take, which its caller waits for; afterwards it is left to recovery. */
    @WithDefault("90s")
    Duration settleDeadline();

    /** From the end of one look for writes to recover to the next. */
    @WithDefault("5s")
    Duration recoveryInterval();

    /** Writes of a kind that are recovered in one round; the next round goes on. At most 1000. */
    @WithDefault("100")
    int recoveryBatch();
}
