package org.vsekai.nebula.kit.transaction;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How often and how patiently a transaction is run again after a serialisation failure. */
@ConfigMapping(prefix = "nebula.transactions")
interface TransactionsConfig {
    /** Runs of one transaction in all, the first included. */
    @WithDefault("10")
    int maxAttempts();

    /** The pause before the second run lies between nothing and this; it doubles with each run. */
    @WithDefault("10ms")
    Duration initialBackoff();

    /** No pause is longer than this. */
    @WithDefault("1s")
    Duration maxBackoff();
}
