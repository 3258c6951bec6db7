package org.vsekai.nebula.cdn;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.Set;
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
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.testing.RoleWalk;

/** Walks every operation and every gRPC method with every kind of caller. A new one fails here until it is listed. */
@QuarkusTest
@QuarkusTestResource(RegistryEnvironment.class)
@QuarkusTestResource(value = NebulaDatabase.class, initArgs = @ResourceArg(name = "service", value = "cdn-registry"))
class RolesIT {
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
        channel = RoleWalk.channel(grpcPort);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void everyOperationIsForItsRolesOnly() {
        RoleWalk.assertOperations(OPERATIONS, path -> path.replace("{uid}", "no-such-cdn"));
    }

    @Test
    void everyMethodIsForItsRolesOnly() {
        RoleWalk.assertMethods(CdnRegistryGrpc.getServiceDescriptor(), grpcPort, METHODS);
    }

    @Test
    void grpcDoesWhatRestDoes() {
        CdnRegistryGrpc.CdnRegistryBlockingStub registry =
                CdnRegistryGrpc.newBlockingStub(RoleWalk.as("operator", channel));
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
