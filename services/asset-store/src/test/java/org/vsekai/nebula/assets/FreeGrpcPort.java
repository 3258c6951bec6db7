package org.vsekai.nebula.assets;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;
import org.vsekai.nebula.parts.FreePorts;

/** A port for the gRPC server that the test knows; Quarkus does not tell which one it took by itself. */
public final class FreeGrpcPort implements QuarkusTestResourceLifecycleManager {
    private static volatile int port;

    public static int port() {
        return port;
    }

    @Override
    public Map<String, String> start() {
        try (ServerSocket socket = FreePorts.hold()) {
            port = socket.getLocalPort();
            return Map.of("quarkus.grpc.server.test-port", Integer.toString(port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        // Nothing is held.
    }
}
