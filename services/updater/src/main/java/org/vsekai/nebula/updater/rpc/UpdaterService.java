package org.vsekai.nebula.updater.rpc;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.util.Optional;
import org.vsekai.nebula.api.updater.v1.CreateModeRequest;
import org.vsekai.nebula.api.updater.v1.CreateVersionRequest;
import org.vsekai.nebula.api.updater.v1.DeleteModeRequest;
import org.vsekai.nebula.api.updater.v1.DeleteModeResponse;
import org.vsekai.nebula.api.updater.v1.DeleteVersionRequest;
import org.vsekai.nebula.api.updater.v1.DeleteVersionResponse;
import org.vsekai.nebula.api.updater.v1.FindUpdateRequest;
import org.vsekai.nebula.api.updater.v1.GetModeRequest;
import org.vsekai.nebula.api.updater.v1.GetVersionRequest;
import org.vsekai.nebula.api.updater.v1.ListFilesRequest;
import org.vsekai.nebula.api.updater.v1.ListFilesResponse;
import org.vsekai.nebula.api.updater.v1.ListModesRequest;
import org.vsekai.nebula.api.updater.v1.ListModesResponse;
import org.vsekai.nebula.api.updater.v1.ListVersionsRequest;
import org.vsekai.nebula.api.updater.v1.ListVersionsResponse;
import org.vsekai.nebula.api.updater.v1.Mode;
import org.vsekai.nebula.api.updater.v1.UpdateAnswer;
import org.vsekai.nebula.api.updater.v1.UpdateModeRequest;
import org.vsekai.nebula.api.updater.v1.UpdateVersionRequest;
import org.vsekai.nebula.api.updater.v1.Updater;
import org.vsekai.nebula.api.updater.v1.Version;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.updater.mode.ModeChange;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.Modes;
import org.vsekai.nebula.updater.update.Updates;
import org.vsekai.nebula.updater.version.Requests;
import org.vsekai.nebula.updater.version.VersionPublisher;
import org.vsekai.nebula.updater.version.Versions;

/** Every method of {@code vsekai.nebula.updater.v1.Updater}. */
@GrpcService
class UpdaterService implements Updater {
    private final Modes modes;
    private final Versions versions;
    private final VersionPublisher publisher;
    private final Updates updates;
    private final Messages messages;

    UpdaterService(Modes modes, Versions versions, VersionPublisher publisher, Updates updates, Messages messages) {
        this.modes = modes;
        this.versions = versions;
        this.publisher = publisher;
        this.updates = updates;
        this.messages = messages;
    }

    @Override
    @PermitAll
    public Uni<ListModesResponse> listModes(ListModesRequest request) {
        return modes.list(
                        page(request.getPageSize(), request.getPageToken()),
                        request.hasIsActive() ? Optional.of(request.getIsActive()) : Optional.empty())
                .map(messages::modes);
    }

    @Override
    @PermitAll
    public Uni<Mode> getMode(GetModeRequest request) {
        return modes.get(ModeName.parse(request.getName())).map(messages::mode);
    }

    @Override
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.OPERATOR})
    public Uni<Mode> createMode(CreateModeRequest request) {
        return modes.create(
                        ModeName.parse(request.getName()),
                        !request.hasIsActive() || request.getIsActive(),
                        request.getUpdateTo().isEmpty()
                                ? Optional.empty()
                                : Optional.of(ModeName.parse(request.getUpdateTo())))
                .map(messages::mode);
    }

    @Override
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.OPERATOR})
    public Uni<Mode> updateMode(UpdateModeRequest request) {
        ModeChange.UpdateTo updateTo;
        if (!request.hasUpdateTo()) {
            updateTo = new ModeChange.UpdateTo.Unchanged();
        } else if (request.getUpdateTo().isEmpty()) {
            updateTo = new ModeChange.UpdateTo.Nowhere();
        } else {
            updateTo = new ModeChange.UpdateTo.Elsewhere(ModeName.parse(request.getUpdateTo()));
        }
        return modes.change(
                        ModeName.parse(request.getName()),
                        request.getEtag(),
                        new ModeChange(
                                request.hasIsActive() ? Optional.of(request.getIsActive()) : Optional.empty(),
                                updateTo))
                .map(messages::mode);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<DeleteModeResponse> deleteMode(DeleteModeRequest request) {
        return modes.delete(ModeName.parse(request.getName())).replaceWith(DeleteModeResponse.getDefaultInstance());
    }

    @Override
    @PermitAll
    public Uni<ListVersionsResponse> listVersions(ListVersionsRequest request) {
        return versions.list(
                        ModeName.parse(request.getMode()),
                        page(request.getPageSize(), request.getPageToken()),
                        request.hasSkipUpdate() ? Optional.of(request.getSkipUpdate()) : Optional.empty())
                .map(messages::versions);
    }

    @Override
    @PermitAll
    public Uni<Version> getVersion(GetVersionRequest request) {
        return versions.get(ModeName.parse(request.getMode()), Requests.version(request.getVersion()))
                .map(messages::version);
    }

    @Override
    @RolesAllowed(Role.Names.PUBLISHER)
    public Uni<Version> createVersion(CreateVersionRequest request) {
        return publisher
                .create(
                        ModeName.parse(request.getMode()),
                        Requests.version(request.getVersion()),
                        Requests.index(request.getIndexName()),
                        request.getSkipUpdate())
                .map(outcome -> messages.version(outcome.version()));
    }

    @Override
    @RolesAllowed(Role.Names.PUBLISHER)
    public Uni<Version> updateVersion(UpdateVersionRequest request) {
        return versions.change(
                        ModeName.parse(request.getMode()),
                        Requests.version(request.getVersion()),
                        request.getEtag(),
                        request.hasSkipUpdate() ? Optional.of(request.getSkipUpdate()) : Optional.empty())
                .map(messages::version);
    }

    @Override
    @RolesAllowed(Role.Names.PUBLISHER)
    public Uni<DeleteVersionResponse> deleteVersion(DeleteVersionRequest request) {
        return versions.delete(ModeName.parse(request.getMode()), Requests.version(request.getVersion()))
                .replaceWith(DeleteVersionResponse.getDefaultInstance());
    }

    @Override
    @PermitAll
    public Uni<ListFilesResponse> listFiles(ListFilesRequest request) {
        return versions.files(
                        ModeName.parse(request.getMode()),
                        Requests.version(request.getVersion()),
                        page(request.getPageSize(), request.getPageToken()))
                .map(messages::files);
    }

    @Override
    @PermitAll
    public Uni<UpdateAnswer> findUpdate(FindUpdateRequest request) {
        return updates.find(
                        ModeName.parse(request.getMode()),
                        request.getFrom().isEmpty()
                                ? Optional.empty()
                                : Optional.of(Requests.version(request.getFrom())))
                .map(messages::answer);
    }

    /** @throws ProblemException INVALID_LIMIT or INVALID_CURSOR */
    private static PageRequest page(int size, String token) {
        return PageRequest.of(size == 0 ? null : size, token);
    }
}
