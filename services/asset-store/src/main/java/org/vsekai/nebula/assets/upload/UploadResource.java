package org.vsekai.nebula.assets.upload;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.vsekai.nebula.kit.auth.Role;

@Path("/api/v1/uploads")
@RolesAllowed(Role.Names.PUBLISHER)
class UploadResource {
    private final Uploads uploads;

    UploadResource(Uploads uploads) {
        this.uploads = uploads;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    @Operation(
            operationId = "openUpload",
            summary = "Open an upload: what it asks about or sends is protected until it is closed or expires")
    public Uni<Upload> open() {
        return uploads.open();
    }

    @DELETE
    @Path("{id}")
    @ResponseStatus(204)
    @Operation(operationId = "closeUpload", summary = "Close an upload and end its protection")
    public Uni<Void> close(@PathParam("id") String id) {
        UUID upload = Uploads.parse(id).orElseThrow();
        return uploads.close(upload);
    }
}
