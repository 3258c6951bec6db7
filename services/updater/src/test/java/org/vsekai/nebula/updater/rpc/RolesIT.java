package org.vsekai.nebula.updater.rpc;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.junit.QuarkusTest;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.updater.v1.UpdaterGrpc;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.updater.testing.UpdaterTest;

/** Walks every operation and every gRPC method with every kind of caller. A new one fails here until it is listed. */
@QuarkusTest
class RolesIT extends UpdaterTest {
    private static final Map<String, String> TOKENS =
            Map.of("publisher", TestTokens.PUBLISHER, "operator", TestTokens.OPERATOR, "server", TestTokens.SERVER);

    private static final List<String> CALLERS = List.of("none", "unknown", "publisher", "operator", "server");

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
        Map<String, Map<String, Object>> paths = given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .path("paths");
        Set<String> operations = new TreeSet<>();
        paths.forEach((path, methods) -> methods.keySet().stream()
                .filter(List.of("get", "put", "post", "patch", "delete", "head", "options")::contains)
                .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        assertThat(operations).isEqualTo(new TreeSet<>(OPERATIONS.keySet()));

        OPERATIONS.forEach((operation, roles) -> {
            for (String caller : CALLERS) {
                assertThat(statusOf(operation, caller))
                        .as("%s as %s", operation, caller)
                        .matches(status -> roles.isEmpty() || roles.contains(caller)
                                ? status != 401 && status != 403
                                : status == (TOKENS.containsKey(caller) ? 403 : 401));
            }
        });
    }

    private static int statusOf(String operation, String caller) {
        String[] methodAndPath = operation.split(" ");
        var request = given().contentType("application/json");
        if (!methodAndPath[0].equals("GET")) {
            request.body("{}");
        }
        if (!caller.equals("none")) {
            request.header("Authorization", "Bearer " + TOKENS.getOrDefault(caller, "nobody-knows-this"));
        }
        return request.request(
                        methodAndPath[0],
                        methodAndPath[1].replace("{name}", "no-such-mode").replace("{version}", "0.0.0"))
                .statusCode();
    }

    @Test
    void everyMethodIsForItsRolesOnly() {
        Map<String, MethodDescriptor<?, ?>> methods = UpdaterGrpc.getServiceDescriptor().getMethods().stream()
                .collect(Collectors.toMap(MethodDescriptor::getBareMethodName, m -> m, (a, b) -> a, TreeMap::new));
        assertThat(methods.keySet()).isEqualTo(new TreeSet<>(METHODS.keySet()));

        METHODS.forEach((name, roles) -> {
            for (String caller : CALLERS) {
                assertThat(codeOf(methods.get(name), caller))
                        .as("%s as %s", name, caller)
                        .matches(code -> roles.isEmpty() || roles.contains(caller)
                                ? code != Status.Code.UNAUTHENTICATED && code != Status.Code.PERMISSION_DENIED
                                : code
                                        == (TOKENS.containsKey(caller)
                                                ? Status.Code.PERMISSION_DENIED
                                                : Status.Code.UNAUTHENTICATED));
            }
        });
    }

    private <Q, A> Status.Code codeOf(MethodDescriptor<Q, A> method, String caller) {
        Metadata headers = new Metadata();
        if (!caller.equals("none")) {
            headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                    "Bearer " + TOKENS.getOrDefault(caller, "nobody-knows-this"));
        }
        ManagedChannel channel = Grpc.newChannelBuilder("127.0.0.1:" + grpcPort, InsecureChannelCredentials.create())
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
        // An empty message of each type: its bytes are none.
        Q empty = method.parseRequest(InputStream.nullInputStream());
        try {
            A unused = ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, empty);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow();
        }
    }
}
