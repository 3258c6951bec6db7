package org.vsekai.nebula.assets;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.vsekai.nebula.kit.testing.LedgerServer;
import org.vsekai.nebula.kit.testing.NebulaDatabase;

/** A database, an empty store folder below {@code target}, and a gRPC port. */
public final class StoreResource implements QuarkusTestResourceLifecycleManager {
    /** The most uploads that can be open; more than the tests that do not ask for them leave open. */
    static final int MAX_OPEN_UPLOADS = 50;

    private static volatile Path folder = Path.of("unset");

    private final NebulaDatabase database = new NebulaDatabase();

    public static Path folder() {
        return folder;
    }

    @Override
    public Map<String, String> start() {
        database.init(Map.of("service", "asset-store"));
        Map<String, String> config = new HashMap<>(database.start());
        try {
            folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "store-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        config.put("nebula.asset-store.store-url", folder.toUri().toString());
        config.put("nebula.asset-store.count-interval", "500ms");
        // Runs are carried on where they are started: another service on this database has another folder.
        config.put("nebula.collect.wake-interval", "24h");
        config.put("nebula.asset-store.max-open-uploads", Integer.toString(MAX_OPEN_UPLOADS));
        config.put("nebula.asset-store.recent-file-lifetime", "500ms");
        config.putAll(TestCertificate.config());
        config.put("nebula.packs.poll-interval", "200ms");
        config.put("nebula.packs.sweep-interval", "300ms");
        config.put("nebula.packs.file-grace", "0s");
        config.put("nebula.packs.retry-delay", "50ms");
        config.put("nebula.packs.max-attempts", "2");
        config.putAll(new LedgerServer().start());
        config.putAll(new FreeGrpcPort().start());
        return config;
    }

    @Override
    public void stop() {
        database.stop();
    }
}
