package org.vsekai.nebula.updater.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;
import org.vsekai.nebula.parts.FreePorts;

/** Runs {@link FakeAssetStore} beside the updater; a field of that type in a test class gets it. */
public final class AssetStoreResource implements QuarkusTestResourceLifecycleManager {
    /** Where the updater says that asset-store is. */
    public static final String PUBLIC = "https://assets.example.org/store/";

    private FakeAssetStore store;

    @Override
    public Map<String, String> start() {
        store = new FakeAssetStore();
        return Map.of(
                "nebula.updater.asset-store.grpc", store.target(),
                "nebula.updater.asset-store.token", FakeAssetStore.TOKEN,
                "nebula.updater.asset-store.initial-backoff", "1ms",
                "nebula.updater.sweep.interval", "300ms",
                "quarkus.grpc.server.test-port", Integer.toString(freePort()),
                "nebula.updater.asset-store.attempts", "2",
                "nebula.updater.public.updater", "https://updates.example.org",
                "nebula.updater.public.cdn-registry", "https://cdns.example.org/",
                "nebula.updater.public.asset-store", PUBLIC);
    }

    // Port 0 would do, were the port that is then taken told to anybody.
    private static int freePort() {
        try (ServerSocket socket = FreePorts.hold()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(store, new TestInjector.MatchesType(FakeAssetStore.class));
    }

    @Override
    public void stop() {
        store.stop();
    }
}
