package org.vsekai.nebula.updater.version;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.revision.EntityTags;
import org.vsekai.nebula.updater.QueryParameters;
import org.vsekai.nebula.updater.endpoint.PublicAddresses;
import org.vsekai.nebula.updater.mode.ModeName;

/** {@code /api/v1/modes/{name}/versions}. */
@Path("/api/v1/modes/{name}/versions")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
class VersionResource {
    private final Versions versions;
    private final VersionPublisher publisher;
    private final PublicAddresses addresses;

    VersionResource(Versions versions, VersionPublisher publisher, PublicAddresses addresses) {
        this.versions = versions;
        this.publisher = publisher;
        this.addresses = addresses;
    }

    @GET
    @PermitAll
    public Uni<Page<VersionView>> list(
            @PathParam("name") String mode,
            @QueryParam("skip_update") @Nullable String skipUpdate,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after) {
        return versions.list(
                        ModeName.parse(mode),
                        PageRequest.ofQuery(limit, after),
                        QueryParameters.flag("skip_update", skipUpdate))
                .map(page -> new Page<>(page.items().stream().map(this::view).toList(), page.next()));
    }

    @POST
    @RolesAllowed(Role.Names.PUBLISHER)
    public Uni<RestResponse<VersionView>> create(
            @PathParam("name") String mode, @Nullable NewVersion version, UriInfo uri) {
        if (version == null || version.version() == null || version.index() == null) {
            throw ProblemException.invalid("VERSION_AND_INDEX_REQUIRED", "Send a JSON object with version and index.");
        }
        return publisher
                .create(
                        ModeName.parse(mode),
                        Requests.version(version.version()),
                        Requests.index(version.index()),
                        Boolean.TRUE.equals(version.skipUpdate()))
                .map(outcome -> (switch (outcome) {
                            case VersionPublisher.Outcome.Created created ->
                                RestResponse.ResponseBuilder.create(
                                        RestResponse.Status.CREATED, view(created.version()));
                            case VersionPublisher.Outcome.Existing existing ->
                                RestResponse.ResponseBuilder.ok(view(existing.version()));
                        })
                        .location(uri.getAbsolutePathBuilder()
                                .path(outcome.version().version().text())
                                .build())
                        .header(HttpHeaders.ETAG, outcome.version().etag())
                        .build());
    }

    @GET
    @Path("{version}")
    @PermitAll
    public Uni<RestResponse<VersionView>> get(
            @PathParam("name") String mode,
            @PathParam("version") String version,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch) {
        return versions.get(ModeName.parse(mode), Requests.version(version)).map(found -> answer(found, ifNoneMatch));
    }

    @PATCH
    @Path("{version}")
    @RolesAllowed(Role.Names.PUBLISHER)
    public Uni<RestResponse<VersionView>> change(
            @PathParam("name") String mode,
            @PathParam("version") String version,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Nullable VersionPatch patch) {
        if (patch == null) {
            throw ProblemException.invalid("BODY_REQUIRED", "Send a JSON object with what to change.");
        }
        return versions.change(
                        ModeName.parse(mode),
                        Requests.version(version),
                        ifMatch,
                        Optional.ofNullable(patch.skipUpdate()))
                .map(changed -> answer(changed, null));
    }

    @DELETE
    @Path("{version}")
    @RolesAllowed(Role.Names.PUBLISHER)
    public Uni<Void> delete(@PathParam("name") String mode, @PathParam("version") String version) {
        return versions.delete(ModeName.parse(mode), Requests.version(version));
    }

    @GET
    @Path("{version}/files")
    @PermitAll
    public Uni<Page<FileView>> files(
            @PathParam("name") String mode,
            @PathParam("version") String version,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after) {
        return versions.files(ModeName.parse(mode), Requests.version(version), PageRequest.ofQuery(limit, after))
                .map(page -> new Page<>(
                        page.items().stream()
                                .map(file -> FileView.of(file, addresses))
                                .toList(),
                        page.next()));
    }

    private VersionView view(Version version) {
        return VersionView.of(version, addresses);
    }

    private RestResponse<VersionView> answer(Version version, @Nullable String ifNoneMatch) {
        return (EntityTags.isNotModified(ifNoneMatch, version.etag())
                        ? RestResponse.ResponseBuilder.<VersionView>notModified()
                        : RestResponse.ResponseBuilder.ok(view(version)))
                .header(HttpHeaders.ETAG, version.etag())
                .build();
    }
}
