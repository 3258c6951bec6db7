package org.vsekai.nebula.sync.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.vsekai.nebula.kit.testing.TestTokens;

/** A node that hosts a world and the ledger that it claims its zones in. To be used after {@link SingleMember}. */
public final class OneWorld implements QuarkusTestResourceLifecycleManager {
    public static final String TICKET_KEY = "a key of at least thirty-two characters";

    @Override
    public Map<String, String> start() {
        int grpc = MemberProcess.freePort();
        Map<String, String> config = new HashMap<>();
        config.put("quarkus.grpc.server.test-port", Integer.toString(grpc));
        config.put("nebula.entity-sync.role", "all");
        config.put("nebula.ledger.endpoints", "127.0.0.1:" + grpc);
        config.put("nebula.ledger.token", TestTokens.SERVER);
        config.put("nebula.tickets.key", TICKET_KEY);
        config.put("nebula.zones.resume", "2s");
        config.put("nebula.zones.memory.patience", "5s");
        config.put("nebula.worlds.\"city\".zones-x", "2");
        config.put("nebula.worlds.\"city\".ticks-per-second", "60");
        config.put("nebula.worlds.\"city\".cell-size", "10000");
        config.put("nebula.worlds.\"city\".cells-x", "20");
        config.put("nebula.worlds.\"city\".cells-z", "20");
        config.put("nebula.worlds.\"city\".largest-radius", "50000");
        config.put("nebula.worlds.\"city\".sessions", "6");
        config.put("nebula.worlds.\"city\".components.\"health\".number", "3");
        config.put("nebula.worlds.\"city\".components.\"health\".largest", "4");
        return config;
    }

    @Override
    public int order() {
        return 10;
    }

    @Override
    public void stop() {
        // There is nothing.
    }
}
