package org.vsekai.nebula.cdn;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;
import org.vsekai.nebula.parts.FreePorts;

/** A CDN to be registered by the seed, and a configuration under which probes come fast. */
public final class RegistryEnvironment implements QuarkusTestResourceLifecycleManager {
    /** The most CDNs that can be registered. */
    public static final int MAX_CDNS = 10;

    private final FakeCdn seeded = new FakeCdn(FakeCdn.GOOD);

    @Override
    public Map<String, String> start() {
        return Map.of(
                "NEBULA_CDN_ALLOW_LOOPBACK", "true",
                "NEBULA_CDN_SEED", "seeded|Seeded CDN|" + seeded.uri() + "|seed-region",
                "nebula.cdn.registry.max-cdns", Integer.toString(MAX_CDNS),
                "nebula.cdn.probe.interval", "2s",
                "nebula.cdn.probe.poll", "100ms",
                "nebula.cdn.probe.retry-pause", "100ms",
                "nebula.cdn.probe.deadline", "1s",
                "quarkus.grpc.server.test-port", Integer.toString(freePort()));
    }

    /** Quarkus does not say which port a separate gRPC server has taken, so it is given one. */
    private static int freePort() {
        try (ServerSocket socket = FreePorts.hold()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        seeded.close();
    }
}
