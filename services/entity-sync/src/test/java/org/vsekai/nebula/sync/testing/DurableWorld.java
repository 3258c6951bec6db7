package org.vsekai.nebula.sync.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Has the zones of {@link OneWorld} keep a component in the database. To be used after it. */
public final class DurableWorld implements QuarkusTestResourceLifecycleManager {
    @Override
    public Map<String, String> start() {
        return Map.of(
                "nebula.worlds.\"city\".components.\"health\".kept", "durable",
                "nebula.zones.claim-interval", "200ms",
                "nebula.zones.finish-patience", "2s");
    }

    @Override
    public int order() {
        return 20;
    }

    @Override
    public void stop() {
        // There is nothing.
    }
}
