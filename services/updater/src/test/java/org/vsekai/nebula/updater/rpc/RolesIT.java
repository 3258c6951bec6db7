package org.vsekai.nebula.updater.rpc;

import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.updater.v1.UpdaterGrpc;
import org.vsekai.nebula.kit.testing.RoleWalk;
import org.vsekai.nebula.updater.testing.UpdaterTest;

/** Walks every operation and every gRPC method with every kind of caller. A new one fails here until it is listed. */
@QuarkusTest
class RolesIT extends UpdaterTest {
    /** The roles that may call; none: anyone. */
    private static final Map<String, Set<String>> OPERATIONS = Map.ofEntries(
            Map.entry("GET /api/v1/endpoints", Set.of()),
            Map.entry("GET /api/v1/modes", Set.of()),
            Map.entry("POST /api/v1/modes", Set.of("publisher", "operator")),
            Map.entry("GET /api/v1/modes/{name}", Set.of()),
            Map.entry("PATCH /api/v1/modes/{name}", Set.of("publisher", "operator")),
            Map.entry("DELETE /api/v1/modes/{name}", Set.of("operator")),
            Map.entry("GET /api/v1/modes/{name}/update", Set.of()),
            Map.entry("GET /api/v1/modes/{name}/versions", Set.of()),
            Map.entry("POST /api/v1/modes/{name}/versions", Set.of("publisher")),
            Map.entry("GET /api/v1/modes/{name}/versions/{version}", Set.of()),
            Map.entry("PATCH /api/v1/modes/{name}/versions/{version}", Set.of("publisher")),
            Map.entry("DELETE /api/v1/modes/{name}/versions/{version}", Set.of("publisher")),
            Map.entry("GET /api/v1/modes/{name}/versions/{version}/files", Set.of()));

    private static final Map<String, Set<String>> METHODS = Map.ofEntries(
            Map.entry("ListModes", Set.of()),
            Map.entry("GetMode", Set.of()),
            Map.entry("CreateMode", Set.of("publisher", "operator")),
            Map.entry("UpdateMode", Set.of("publisher", "operator")),
            Map.entry("DeleteMode", Set.of("operator")),
            Map.entry("ListVersions", Set.of()),
            Map.entry("GetVersion", Set.of()),
            Map.entry("CreateVersion", Set.of("publisher")),
            Map.entry("UpdateVersion", Set.of("publisher")),
            Map.entry("DeleteVersion", Set.of("publisher")),
            Map.entry("ListFiles", Set.of()),
            Map.entry("FindUpdate", Set.of()));

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    @Test
    void everyOperationIsForItsRolesOnly() {
        RoleWalk.assertOperations(
                OPERATIONS, path -> path.replace("{name}", "no-such-mode").replace("{version}", "0.0.0"));
    }

    @Test
    void everyMethodIsForItsRolesOnly() {
        RoleWalk.assertMethods(UpdaterGrpc.getServiceDescriptor(), grpcPort, METHODS);
    }
}
