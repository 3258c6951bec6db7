package org.vsekai.nebula.cdn;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.cdn.v1.CdnRegistryGrpc;
import org.vsekai.nebula.api.cdn.v1.CreateCdnRequest;
import org.vsekai.nebula.api.cdn.v1.DeleteCdnRequest;
import org.vsekai.nebula.api.cdn.v1.GetCdnRequest;
import org.vsekai.nebula.api.cdn.v1.ListCdnsRequest;
import org.vsekai.nebula.api.cdn.v1.RankCdnsRequest;
import org.vsekai.nebula.api.cdn.v1.UpdateCdnRequest;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.testing.TestTokens;

/** Walks every operation and every gRPC method with every kind of caller. A new one fails here until it is listed. */
@QuarkusTest
@QuarkusTestResource(RegistryEnvironment.class)
@QuarkusTestResource(value = NebulaDatabase.class, initArgs = @ResourceArg(name = "service", value = "cdn-registry"))
class RolesIT {
    private static final Map<String, String> TOKENS =
            Map.of("publisher", TestTokens.PUBLISHER, "operator", TestTokens.OPERATOR, "server", TestTokens.SERVER);

    /** The roles that may call; none: anyone. */
    private static final Map<String, Set<String>> OPERATIONS = Map.of(
            "GET /api/v1/cdns", Set.of("operator"),
            "POST /api/v1/cdns", Set.of("operator"),
            "GET /api/v1/cdns/{uid}", Set.of("operator"),
            "PATCH /api/v1/cdns/{uid}", Set.of("operator"),
            "DELETE /api/v1/cdns/{uid}", Set.of("operator"),
            "GET /api/v1/ranking", Set.of());

    private static final Map<String, Set<String>> METHODS = Map.of(
            "ListCdns", Set.of("operator"),
            "GetCdn", Set.of("operator"),
            "CreateCdn", Set.of("operator"),
            "UpdateCdn", Set.of("operator"),
            "DeleteCdn", Set.of("operator"),
            "RankCdns", Set.of());

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

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
                .forEach(method -> operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path)));
        assertThat(operations).isEqualTo(new TreeSet<>(OPERATIONS.keySet()));

        OPERATIONS.forEach((operation, roles) -> {
            for (String caller : List.of("none", "unknown", "publisher", "operator", "server")) {
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
        return request.request(methodAndPath[0], methodAndPath[1].replace("{uid}", "no-such-cdn"))
                .statusCode();
    }

    @Test
    void everyMethodIsForItsRolesOnly() {
        Map<String, MethodDescriptor<?, ?>> methods = CdnRegistryGrpc.getServiceDescriptor().getMethods().stream()
                .collect(Collectors.toMap(MethodDescriptor::getBareMethodName, m -> m, (a, b) -> a, TreeMap::new));
        assertThat(methods.keySet()).isEqualTo(new TreeSet<>(METHODS.keySet()));

        METHODS.forEach((name, roles) -> {
            for (String caller : List.of("none", "unknown", "publisher", "operator", "server")) {
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

    @SuppressWarnings("unchecked")
    private <Q, A> Status.Code codeOf(MethodDescriptor<Q, A> method, String caller) {
        // An empty message of each type: its bytes are none.
        Q empty = method.parseRequest(java.io.InputStream.nullInputStream());
        try {
            A unused = ClientCalls.blockingUnaryCall(channelFor(caller), method, CallOptions.DEFAULT, empty);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private io.grpc.Channel channelFor(String caller) {
        Metadata headers = new Metadata();
        if (!caller.equals("none")) {
            headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                    "Bearer " + TOKENS.getOrDefault(caller, "nobody-knows-this"));
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void grpcDoesWhatRestDoes() {
        CdnRegistryGrpc.CdnRegistryBlockingStub registry = CdnRegistryGrpc.newBlockingStub(channelFor("operator"));
        var created = registry.createCdn(CreateCdnRequest.newBuilder()
                .setUid("by-grpc")
                .setName("By gRPC")
                .setUri("http://192.0.2.1")
                .setRegion("grpc")
                .build());
        assertThat(created.getUri()).isEqualTo("http://192.0.2.1/");
        assertThat(created.hasLastCheckedOn()).isFalse();
        assertThat(created.getProbes().hasLatencyMillis()).isFalse();
        assertThat(registry.getCdn(GetCdnRequest.newBuilder().setUid("by-grpc").build())
                        .getId())
                .isEqualTo(created.getId());
        assertThat(registry.listCdns(
                                ListCdnsRequest.newBuilder().setRegion("grpc").build())
                        .getCdnsList())
                .extracting("uid")
                .containsExactly("by-grpc");

        UpdateCdnRequest rename = UpdateCdnRequest.newBuilder()
                .setUid("by-grpc")
                .setEtag(created.getEtag())
                .setName("Renamed")
                .build();
        assertThat(registry.updateCdn(rename).getName()).isEqualTo("Renamed");
        refused(Status.Code.ABORTED, "REVISION_MISMATCH", () -> registry.updateCdn(rename));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "REVISION_REQUIRED",
                () -> registry.updateCdn(rename.toBuilder().clearEtag().build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "CDN_URI_REFUSED",
                () -> registry.createCdn(CreateCdnRequest.newBuilder()
                        .setUid("bad")
                        .setName("n")
                        .setUri("http://169.254.169.254/")
                        .setRegion("grpc")
                        .build()));
        refused(
                Status.Code.ALREADY_EXISTS,
                "CDN_EXISTS",
                () -> registry.createCdn(CreateCdnRequest.newBuilder()
                        .setUid("by-grpc")
                        .setName("n")
                        .setUri("http://192.0.2.1/")
                        .setRegion("grpc")
                        .build()));

        var unused = registry.deleteCdn(
                DeleteCdnRequest.newBuilder().setUid("by-grpc").build());
        refused(
                Status.Code.NOT_FOUND,
                "CDN_NOT_FOUND",
                () -> registry.getCdn(
                        GetCdnRequest.newBuilder().setUid("by-grpc").build()));
        Eventually.eventually(() -> assertThat(CdnRegistryGrpc.newBlockingStub(channel)
                        .rankCdns(RankCdnsRequest.newBuilder()
                                .setRegion("seed-region")
                                .build())
                        .getCdnsList())
                .extracting("uid")
                .contains("seeded"));
    }

    private static void refused(Status.Code code, String reason, Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(code);
            assertThat(GrpcStatuses.findReason(e)).contains(reason);
            return;
        }
        throw new AssertionError("the call was not refused with " + reason);
    }
}
