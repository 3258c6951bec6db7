package org.vsekai.nebula.updater.rpc;

import static org.vsekai.nebula.kit.time.Timestamps.timestamp;

import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.updater.v1.File;
import org.vsekai.nebula.api.updater.v1.ListFilesResponse;
import org.vsekai.nebula.api.updater.v1.ListModesResponse;
import org.vsekai.nebula.api.updater.v1.ListVersionsResponse;
import org.vsekai.nebula.api.updater.v1.UpdateAction;
import org.vsekai.nebula.api.updater.v1.UpdateAnswer;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.endpoint.PublicAddresses;
import org.vsekai.nebula.updater.mode.Mode;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.update.UpdateDecision;
import org.vsekai.nebula.updater.version.Version;
import org.vsekai.nebula.updater.version.VersionFile;

/** The domain's values as gRPC messages. */
@ApplicationScoped
class Messages {
    private final PublicAddresses addresses;

    Messages(PublicAddresses addresses) {
        this.addresses = addresses;
    }

    org.vsekai.nebula.api.updater.v1.Mode mode(Mode mode) {
        return org.vsekai.nebula.api.updater.v1.Mode.newBuilder()
                .setId(mode.id().toString())
                .setName(mode.name().text())
                .setIsActive(mode.active())
                .setUpdateTo(mode.updateTo().map(ModeName::text).orElse(""))
                .setInsertedAt(timestamp(mode.insertedAt()))
                .setUpdatedAt(timestamp(mode.updatedAt()))
                .setEtag(mode.etag())
                .build();
    }

    ListModesResponse modes(Page<Mode> page) {
        return ListModesResponse.newBuilder()
                .addAllModes(page.items().stream().map(this::mode).toList())
                .setNextPageToken(token(page.next()))
                .build();
    }

    org.vsekai.nebula.api.updater.v1.Version version(Version version) {
        return org.vsekai.nebula.api.updater.v1.Version.newBuilder()
                .setId(version.id().toString())
                .setMode(version.mode().text())
                .setVersion(version.version().text())
                .setSkipUpdate(version.skipUpdate())
                .setManifestFileUri(addresses.resolve(version.manifestFile()).toString())
                .setIndexUri(
                        addresses.resolve(AssetReference.to(version.index())).toString())
                .setArchiveBytes(version.archiveBytes())
                .setInsertedAt(timestamp(version.insertedAt()))
                .setUpdatedAt(timestamp(version.updatedAt()))
                .setEtag(version.etag())
                .build();
    }

    ListVersionsResponse versions(Page<Version> page) {
        return ListVersionsResponse.newBuilder()
                .addAllVersions(page.items().stream().map(this::version).toList())
                .setNextPageToken(token(page.next()))
                .build();
    }

    ListFilesResponse files(Page<VersionFile> page) {
        return ListFilesResponse.newBuilder()
                .addAllFiles(page.items().stream().map(this::file).toList())
                .setNextPageToken(token(page.next()))
                .build();
    }

    private File file(VersionFile file) {
        return File.newBuilder()
                .setId(file.id().toString())
                .setFileName(file.name())
                .setFileUri(addresses.resolve(file.uri()).toString())
                .setFileChecksumHash(file.checksumHash())
                .build();
    }

    UpdateAnswer answer(UpdateDecision decision) {
        UpdateAnswer.Builder answer = UpdateAnswer.newBuilder().setReason(decision.reason());
        return switch (decision) {
            case UpdateDecision.None none ->
                answer.setAction(UpdateAction.UPDATE_ACTION_NONE)
                        .setMode(none.mode().text())
                        .build();
            case UpdateDecision.Install install ->
                to(answer.setAction(UpdateAction.UPDATE_ACTION_INSTALL), install.version());
            case UpdateDecision.Update update ->
                to(answer.setAction(UpdateAction.UPDATE_ACTION_UPDATE), update.version());
            case UpdateDecision.Switch change ->
                to(answer.setAction(UpdateAction.UPDATE_ACTION_SWITCH), change.version());
        };
    }

    private UpdateAnswer to(UpdateAnswer.Builder answer, Version version) {
        return answer.setMode(version.mode().text())
                .setVersion(version.version().text())
                .setManifest(addresses.resolve(version.manifestFile()).toString())
                .setIndex(addresses.resolve(AssetReference.to(version.index())).toString())
                .setSize(version.archiveBytes())
                .build();
    }

    private static String token(@Nullable String next) {
        return next == null ? "" : next;
    }
}
