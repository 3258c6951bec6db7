package org.vsekai.nebula.updater.mode;

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

/** {@code /api/v1/modes}. */
@Path("/api/v1/modes")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
class ModeResource {
    private final Modes modes;

    ModeResource(Modes modes) {
        this.modes = modes;
    }

    @GET
    @PermitAll
    public Uni<Page<ModeView>> list(
            @QueryParam("is_active") @Nullable String isActive,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after) {
        return modes.list(PageRequest.ofQuery(limit, after), QueryParameters.flag("is_active", isActive))
                .map(page -> new Page<>(page.items().stream().map(ModeView::of).toList(), page.next()));
    }

    @POST
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.OPERATOR})
    public Uni<RestResponse<ModeView>> create(@Nullable NewMode mode, UriInfo uri) {
        if (mode == null || mode.name() == null) {
            throw ProblemException.invalid("NAME_REQUIRED", "Send a JSON object with the mode's name.");
        }
        return modes.create(
                        ModeName.parse(mode.name()),
                        !Boolean.FALSE.equals(mode.isActive()),
                        Optional.ofNullable(mode.updateTo()).map(ModeName::parse))
                .map(created -> RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, ModeView.of(created))
                        .location(uri.getAbsolutePathBuilder()
                                .path(created.name().text())
                                .build())
                        .header(HttpHeaders.ETAG, created.etag())
                        .build());
    }

    @GET
    @Path("{name}")
    @PermitAll
    public Uni<RestResponse<ModeView>> get(
            @PathParam("name") String name, @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch) {
        return modes.get(ModeName.parse(name)).map(mode -> answer(mode, ifNoneMatch));
    }

    @PATCH
    @Path("{name}")
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.OPERATOR})
    public Uni<RestResponse<ModeView>> change(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Nullable ModePatch patch) {
        if (patch == null) {
            throw ProblemException.invalid("BODY_REQUIRED", "Send a JSON object with what to change.");
        }
        return modes.change(ModeName.parse(name), ifMatch, patch.toChange()).map(mode -> answer(mode, null));
    }

    @DELETE
    @Path("{name}")
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<Void> delete(@PathParam("name") String name) {
        return modes.delete(ModeName.parse(name));
    }

    private static RestResponse<ModeView> answer(Mode mode, @Nullable String ifNoneMatch) {
        return (EntityTags.isNotModified(ifNoneMatch, mode.etag())
                        ? RestResponse.ResponseBuilder.<ModeView>notModified()
                        : RestResponse.ResponseBuilder.ok(ModeView.of(mode)))
                .header(HttpHeaders.ETAG, mode.etag())
                .build();
    }
}
