package org.vsekai.nebula.kit.intent;

import java.time.Duration;

/** The defaults. */
class ScriptedConfig implements IntentConfig {
    @Override
    public Duration leasePatience() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Duration settleDeadline() {
        return Duration.ofSeconds(90);
    }

    @Override
    public Duration recoveryInterval() {
        return Duration.ofSeconds(5);
    }

    @Override
    public int recoveryBatch() {
        return 100;
    }
}
