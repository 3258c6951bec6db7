package org.vsekai.nebula.kit.it;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.vsekai.nebula.kit.testing.NebulaDatabase;

/** A schema of the kit's own, reached through a relay that can cut the connection. */
public final class KitDatabase implements QuarkusTestResourceLifecycleManager {
    private final NebulaDatabase database = new NebulaDatabase();

    @Override
    public Map<String, String> start() {
        database.init(Map.of("service", "updater"));
        Map<String, String> config = new HashMap<>(database.start());
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA kit");
            statement.execute("CREATE TABLE kit.counters (id VARCHAR(64) PRIMARY KEY, count BIGINT NOT NULL)");
            statement.execute("GRANT USAGE ON SCHEMA kit TO nebula_updater");
            statement.execute("GRANT ALL ON kit.counters TO nebula_updater");
            CuttingRelay.start(NebulaDatabase.server());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        config.put("quarkus.datasource.reactive.url", "postgresql://127.0.0.1:" + CuttingRelay.port() + "/nebula");
        config.put("nebula.schema.name", "kit");
        config.put("nebula.schema.expected", "3");
        config.put("quarkus.application.name", "kit-it");
        return config;
    }

    @Override
    public void stop() {
        CuttingRelay.stop();
    }
}
