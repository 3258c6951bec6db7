package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc;
import org.vsekai.nebula.api.assets.v1.AssetsGrpc;
import org.vsekai.nebula.api.assets.v1.StoreMaintenanceGrpc;
import org.vsekai.nebula.kit.testing.TestTokens;

/** Every operation of the OpenAPI document and every gRPC method, called by everybody. */
@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class AccessIT {
    private enum Caller {
        NONE(""),
        PUBLISHER(TestTokens.PUBLISHER),
        OPERATOR(TestTokens.OPERATOR),
        SERVER(TestTokens.SERVER);

        private final String token;

        Caller(String token) {
            this.token = token;
        }
    }

    private static final Set<Caller> EVERYBODY = Set.of(Caller.values());

    private static final Map<String, Set<Caller>> REST = Map.ofEntries(
            Map.entry("GET /chunks/{prefix}/{name}", EVERYBODY),
            Map.entry("HEAD /chunks/{prefix}/{name}", EVERYBODY),
            Map.entry("PUT /chunks/{prefix}/{name}", Set.of(Caller.PUBLISHER, Caller.SERVER)),
            Map.entry("GET /indexes/{name}", EVERYBODY),
            Map.entry("HEAD /indexes/{name}", EVERYBODY),
            Map.entry("PUT /indexes/{name}", Set.of(Caller.PUBLISHER, Caller.SERVER)),
            Map.entry("GET /manifests/{name}", EVERYBODY),
            Map.entry("HEAD /manifests/{name}", EVERYBODY),
            Map.entry("PUT /manifests/{name}", Set.of(Caller.PUBLISHER, Caller.SERVER)),
            Map.entry("POST /api/v1/uploads", Set.of(Caller.PUBLISHER)),
            Map.entry("DELETE /api/v1/uploads/{id}", Set.of(Caller.PUBLISHER)),
            Map.entry("POST /api/v1/chunks/missing", Set.of(Caller.PUBLISHER)),
            Map.entry("GET /api/v1/pins", Set.of(Caller.OPERATOR)),
            Map.entry("GET /api/v1/statistics", Set.of(Caller.OPERATOR)),
            Map.entry("POST /api/v1/maintenance/collections", Set.of(Caller.OPERATOR)),
            Map.entry("POST /api/v1/maintenance/verifications", Set.of(Caller.OPERATOR)),
            Map.entry("GET /api/v1/maintenance", Set.of(Caller.OPERATOR)),
            Map.entry("GET /api/v1/maintenance/{id}", Set.of(Caller.OPERATOR)),
            Map.entry("DELETE /api/v1/maintenance/{id}", Set.of(Caller.OPERATOR)),
            Map.entry("GET /api/v1/assets/{id}", EVERYBODY),
            Map.entry("HEAD /api/v1/assets/{id}", EVERYBODY),
            Map.entry("PUT /api/v1/assets/{id}", Set.of(Caller.PUBLISHER, Caller.SERVER)),
            Map.entry("DELETE /api/v1/assets/{id}", Set.of(Caller.PUBLISHER, Caller.SERVER)),
            Map.entry("GET /api/v1/assets/{id}/metadata", EVERYBODY),
            Map.entry("GET /api/v1/assets", Set.of(Caller.PUBLISHER, Caller.OPERATOR, Caller.SERVER)),
            Map.entry("GET /api/v1/assets/{id}/references", Set.of(Caller.PUBLISHER, Caller.OPERATOR, Caller.SERVER)),
            Map.entry("PUT /api/v1/assets/{id}/references/{holder}", Set.of(Caller.PUBLISHER, Caller.SERVER)),
            Map.entry("DELETE /api/v1/assets/{id}/references/{holder}", Set.of(Caller.PUBLISHER, Caller.SERVER)));

    private static final List<ServiceDescriptor> SERVICES = List.of(
            AssetStoreGrpc.getServiceDescriptor(),
            AssetsGrpc.getServiceDescriptor(),
            StoreMaintenanceGrpc.getServiceDescriptor());

    private static final Map<String, Set<Caller>> GRPC = Map.ofEntries(
            Map.entry("FindMissing", Set.of(Caller.SERVER)),
            Map.entry("VerifyIndex", Set.of(Caller.SERVER)),
            Map.entry("PutManifest", Set.of(Caller.SERVER)),
            Map.entry("Pin", Set.of(Caller.SERVER)),
            Map.entry("ConfirmPin", Set.of(Caller.SERVER)),
            Map.entry("Unpin", Set.of(Caller.SERVER)),
            Map.entry("ListPins", Set.of(Caller.SERVER, Caller.OPERATOR)),
            Map.entry("SetPacks", Set.of(Caller.SERVER)),
            Map.entry("GetStatistics", Set.of(Caller.SERVER, Caller.OPERATOR)),
            Map.entry("StartCollection", Set.of(Caller.OPERATOR)),
            Map.entry("StartVerification", Set.of(Caller.OPERATOR)),
            Map.entry("GetMaintenanceRun", Set.of(Caller.OPERATOR)),
            Map.entry("ListMaintenanceRuns", Set.of(Caller.OPERATOR)),
            Map.entry("CancelMaintenanceRun", Set.of(Caller.OPERATOR)),
            Map.entry("GetAsset", Set.of(Caller.SERVER, Caller.PUBLISHER, Caller.OPERATOR)),
            Map.entry("ListAssets", Set.of(Caller.SERVER, Caller.PUBLISHER, Caller.OPERATOR)),
            Map.entry("PutAssetIndex", Set.of(Caller.SERVER, Caller.PUBLISHER)),
            Map.entry("DeleteAsset", Set.of(Caller.SERVER, Caller.PUBLISHER)),
            Map.entry("AddAssetReference", Set.of(Caller.SERVER, Caller.PUBLISHER)),
            Map.entry("RemoveAssetReference", Set.of(Caller.SERVER, Caller.PUBLISHER)),
            Map.entry("ListAssetReferences", Set.of(Caller.SERVER, Caller.PUBLISHER, Caller.OPERATOR)));

    private static Stream<MethodDescriptor<?, ?>> methods() {
        return SERVICES.stream().flatMap(service -> service.getMethods().stream());
    }

    @Test
    void tableNamesEveryOperationOfTheOpenApiDocument() {
        JsonPath document = given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        Map<String, Map<String, Object>> paths = document.getMap("paths");
        Set<String> operations = new TreeSet<>();
        paths.forEach((path, item) -> item.keySet().stream()
                .filter(key -> Set.of("get", "head", "put", "post", "delete", "patch", "options", "trace")
                        .contains(key))
                .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        assertThat(operations).containsExactlyInAnyOrderElementsOf(REST.keySet());
    }

    @Test
    void tableNamesEveryMethodOfTheGrpcServices() {
        assertThat(methods())
                .extracting(MethodDescriptor::getBareMethodName)
                .containsExactlyInAnyOrderElementsOf(GRPC.keySet());
    }

    @TestFactory
    List<DynamicTest> restOperationsTakeTheirRolesOnly() {
        List<DynamicTest> tests = new ArrayList<>();
        REST.forEach((operation, allowed) -> {
            for (Caller caller : Caller.values()) {
                tests.add(DynamicTest.dynamicTest(
                        operation + " as " + caller, () -> checkRest(operation, caller, allowed.contains(caller))));
            }
        });
        return tests;
    }

    private static void checkRest(String operation, Caller caller, boolean allowed) {
        String[] parts = operation.split(" ");
        String path = parts[1].replace("{prefix}", "0000")
                .replace("{name}", "0".repeat(64) + (parts[1].startsWith("/chunks") ? ".cacnk" : ".json"))
                .replace("{holder}", "somebody")
                .replace("{id}", "00000000-0000-4000-8000-000000000000");
        RequestSpecification request = given().contentType("application/octet-stream");
        if (caller != Caller.NONE) {
            request.header("Authorization", TestTokens.bearer(caller.token));
        }
        int status = request.request(parts[0], path).then().extract().statusCode();
        if (allowed) {
            assertThat(status).isNotIn(401, 403).isLessThan(500);
        } else {
            assertThat(status).isEqualTo(caller == Caller.NONE ? 401 : 403);
        }
    }

    @TestFactory
    List<DynamicTest> grpcMethodsTakeTheirRolesOnly() {
        List<DynamicTest> tests = new ArrayList<>();
        for (MethodDescriptor<?, ?> method : methods().toList()) {
            for (Caller caller : Caller.values()) {
                boolean allowed = GRPC.get(method.getBareMethodName()).contains(caller);
                tests.add(DynamicTest.dynamicTest(
                        method.getBareMethodName() + " as " + caller, () -> checkGrpc(method, caller, allowed)));
            }
        }
        return tests;
    }

    private static <I, O> void checkGrpc(MethodDescriptor<I, O> method, Caller caller, boolean allowed)
            throws Exception {
        try (Grpc grpc = new Grpc()) {
            ClientCall<I, O> call = grpc.channel().newCall(method, CallOptions.DEFAULT);
            CompletableFuture<Status> end = new CompletableFuture<>();
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            end.complete(status);
                        }
                    },
                    caller == Caller.NONE ? new Metadata() : Grpc.headers(caller.token));
            call.request(100);
            call.sendMessage(method.parseRequest(new ByteArrayInputStream(new byte[0])));
            call.halfClose();
            Status.Code code = end.get(30, TimeUnit.SECONDS).getCode();
            if (allowed) {
                assertThat(code)
                        .isNotIn(
                                Status.Code.UNAUTHENTICATED,
                                Status.Code.PERMISSION_DENIED,
                                Status.Code.INTERNAL,
                                Status.Code.UNKNOWN,
                                Status.Code.UNIMPLEMENTED);
            } else {
                assertThat(code)
                        .isEqualTo(caller == Caller.NONE ? Status.Code.UNAUTHENTICATED : Status.Code.PERMISSION_DENIED);
            }
        }
    }

    @Test
    void unknownTokenIsUnauthenticatedNotForbidden() {
        given().header("Authorization", "Bearer unknown")
                .get("/api/v1/pins")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "Bearer");
    }
}
