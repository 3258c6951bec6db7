package org.vsekai.nebula.updater.rpc;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.updater.v1.CreateModeRequest;
import org.vsekai.nebula.api.updater.v1.CreateVersionRequest;
import org.vsekai.nebula.api.updater.v1.DeleteModeRequest;
import org.vsekai.nebula.api.updater.v1.DeleteVersionRequest;
import org.vsekai.nebula.api.updater.v1.File;
import org.vsekai.nebula.api.updater.v1.FindUpdateRequest;
import org.vsekai.nebula.api.updater.v1.GetModeRequest;
import org.vsekai.nebula.api.updater.v1.GetVersionRequest;
import org.vsekai.nebula.api.updater.v1.ListFilesRequest;
import org.vsekai.nebula.api.updater.v1.ListModesRequest;
import org.vsekai.nebula.api.updater.v1.ListModesResponse;
import org.vsekai.nebula.api.updater.v1.ListVersionsRequest;
import org.vsekai.nebula.api.updater.v1.Mode;
import org.vsekai.nebula.api.updater.v1.UpdateAction;
import org.vsekai.nebula.api.updater.v1.UpdateAnswer;
import org.vsekai.nebula.api.updater.v1.UpdateModeRequest;
import org.vsekai.nebula.api.updater.v1.UpdateVersionRequest;
import org.vsekai.nebula.api.updater.v1.UpdaterGrpc;
import org.vsekai.nebula.api.updater.v1.Version;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.updater.testing.AssetStoreResource;
import org.vsekai.nebula.updater.testing.FakeAssetStore;
import org.vsekai.nebula.updater.testing.UpdaterTest;

/** The gRPC face does what the REST face does. */
@QuarkusTest
class UpdaterServiceIT extends UpdaterTest {
    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    private ManagedChannel channel;
    private UpdaterGrpc.UpdaterBlockingStub updater;
    private UpdaterGrpc.UpdaterBlockingStub operator;

    @BeforeEach
    void connect() {
        channel = Grpc.newChannelBuilder("127.0.0.1:" + grpcPort, InsecureChannelCredentials.create())
                .build();
        updater = as(channel, TestTokens.PUBLISHER);
        operator = as(channel, TestTokens.OPERATOR);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void createsChangesListsAndDeletesModes() {
        Mode stable = updater.createMode(
                CreateModeRequest.newBuilder().setName("stable").build());
        assertThat(stable.getIsActive()).isTrue();
        assertThat(stable.getUpdateTo()).isEmpty();
        Mode beta = updater.createMode(CreateModeRequest.newBuilder()
                .setName("beta")
                .setIsActive(false)
                .setUpdateTo("stable")
                .build());
        assertThat(beta.getIsActive()).isFalse();
        assertThat(given().get("/api/v1/modes/beta").header("ETag")).isEqualTo(beta.getEtag());

        ListModesResponse first =
                updater.listModes(ListModesRequest.newBuilder().setPageSize(1).build());
        assertThat(first.getModesList()).containsExactly(beta);
        assertThat(updater.listModes(ListModesRequest.newBuilder()
                        .setPageSize(1)
                        .setPageToken(first.getNextPageToken())
                        .build()))
                .isEqualTo(ListModesResponse.newBuilder().addModes(stable).build());
        assertThat(updater.listModes(
                                ListModesRequest.newBuilder().setIsActive(false).build())
                        .getModesList())
                .containsExactly(beta);

        UpdateModeRequest release = UpdateModeRequest.newBuilder()
                .setName("beta")
                .setEtag(beta.getEtag())
                .setUpdateTo("")
                .build();
        assertThat(updater.updateMode(release).getUpdateTo()).isEmpty();
        refused(() -> updater.updateMode(release), Status.Code.ABORTED, "REVISION_MISMATCH");
        refused(
                () -> updater.updateMode(release.toBuilder().clearEtag().build()),
                Status.Code.INVALID_ARGUMENT,
                "REVISION_REQUIRED");
        refused(
                () -> updater.createMode(
                        CreateModeRequest.newBuilder().setName("beta").build()),
                Status.Code.ALREADY_EXISTS,
                "MODE_EXISTS");
        refused(
                () -> updater.createMode(
                        CreateModeRequest.newBuilder().setName("No!").build()),
                Status.Code.INVALID_ARGUMENT,
                "INVALID_MODE_NAME");
        operator.deleteMode(DeleteModeRequest.newBuilder().setName("beta").build());
        refused(
                () -> updater.getMode(
                        GetModeRequest.newBuilder().setName("beta").build()),
                Status.Code.NOT_FOUND,
                "MODE_NOT_FOUND");
    }

    @Test
    void createsChangesListsAndDeletesVersions() {
        createMode("stable");
        String index = assets.addIndex(List.of(FakeAssetStore.file("a", "1"), FakeAssetStore.file("b", "2")));
        CreateVersionRequest request = CreateVersionRequest.newBuilder()
                .setMode("stable")
                .setVersion("0.1.0")
                .setIndexName(index)
                .build();
        Version version = updater.createVersion(request);
        assertThat(version.getIndexUri()).isEqualTo(AssetStoreResource.PUBLIC + "indexes/" + index);
        assertThat(version.getArchiveBytes()).isEqualTo(12_345);
        assertThat(version.getInsertedAt()).isEqualTo(version.getUpdatedAt());
        assertThat(updater.createVersion(request)).isEqualTo(version);
        assertThat(updater.getVersion(GetVersionRequest.newBuilder()
                        .setMode("stable")
                        .setVersion("0.1.0")
                        .build()))
                .isEqualTo(version);
        refused(
                () -> updater.createVersion(
                        request.toBuilder().setIndexName(index("other")).build()),
                Status.Code.ALREADY_EXISTS,
                "VERSION_EXISTS");
        refused(
                () -> updater.createVersion(request.toBuilder()
                        .setVersion("0.2.0")
                        .setIndexName("ab".repeat(32) + ".caidx")
                        .build()),
                Status.Code.FAILED_PRECONDITION,
                "INDEX_NOT_FOUND");
        refused(
                () -> updater.createVersion(request.toBuilder().setVersion("1").build()),
                Status.Code.INVALID_ARGUMENT,
                "INVALID_VERSION");

        assertThat(updater.listFiles(ListFilesRequest.newBuilder()
                                .setMode("stable")
                                .setVersion("0.1.0")
                                .build())
                        .getFilesList())
                .extracting(File::getFileName)
                .containsExactly("a", "b");
        Version skipped = updater.updateVersion(UpdateVersionRequest.newBuilder()
                .setMode("stable")
                .setVersion("0.1.0")
                .setEtag(version.getEtag())
                .setSkipUpdate(true)
                .build());
        assertThat(skipped.getSkipUpdate()).isTrue();
        assertThat(updater.listVersions(ListVersionsRequest.newBuilder()
                                .setMode("stable")
                                .setSkipUpdate(true)
                                .build())
                        .getVersionsList())
                .containsExactly(skipped);
        updater.deleteVersion(DeleteVersionRequest.newBuilder()
                .setMode("stable")
                .setVersion("0.1.0")
                .build());
        assertThat(assets.pins()).isEmpty();
    }

    @Test
    void findsUpdates() {
        createMode("stable");
        createMode("beta", "stable");
        assertThat(find("stable", "").getAction()).isEqualTo(UpdateAction.UPDATE_ACTION_NONE);
        createVersion("stable", "0.2.0");
        UpdateAnswer install = find("stable", "");
        assertThat(install.getAction()).isEqualTo(UpdateAction.UPDATE_ACTION_INSTALL);
        assertThat(install.getVersion()).isEqualTo("0.2.0");
        assertThat(install.getIndex()).isEqualTo(AssetStoreResource.PUBLIC + "indexes/" + index("0.2.0"));
        assertThat(install.getSize()).isEqualTo(12_345);
        assertThat(find("stable", "0.1.0").getAction()).isEqualTo(UpdateAction.UPDATE_ACTION_UPDATE);
        assertThat(find("beta", "0.3.0").getAction()).isEqualTo(UpdateAction.UPDATE_ACTION_SWITCH);
        UpdateAnswer none = find("stable", "0.2.0");
        assertThat(none.getAction()).isEqualTo(UpdateAction.UPDATE_ACTION_NONE);
        assertThat(none.getManifest() + none.getIndex() + none.getVersion()).isEmpty();
        assertThat(none.getReason()).isNotEmpty();
        refused(() -> find("nowhere", ""), Status.Code.NOT_FOUND, "MODE_NOT_FOUND");
        refused(() -> find("stable", "latest"), Status.Code.INVALID_ARGUMENT, "INVALID_VERSION");
    }

    private UpdateAnswer find(String mode, String from) {
        return updater.findUpdate(
                FindUpdateRequest.newBuilder().setMode(mode).setFrom(from).build());
    }

    private static void refused(ThrowingCallable call, Status.Code code, String reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(code);
            assertThat(GrpcStatuses.findReason(e)).contains(reason);
        });
    }

    private static UpdaterGrpc.UpdaterBlockingStub as(ManagedChannel channel, String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), TestTokens.bearer(token));
        return UpdaterGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
}
