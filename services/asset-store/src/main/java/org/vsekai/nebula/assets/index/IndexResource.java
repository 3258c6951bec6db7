package org.vsekai.nebula.assets.index;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.upload.Uploads;
import org.vsekai.nebula.kit.auth.Role;

@Path("/indexes")
@RunOnVirtualThread
class IndexResource {
    private final Indexes indexes;

    IndexResource(Indexes indexes) {
        this.indexes = indexes;
    }

    @PUT
    @Path("{name}")
    @Consumes(MediaType.WILDCARD)
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    @Operation(operationId = "putIndex", summary = "Store an index under the SHA-256 of its bytes")
    public Response put(
            @PathParam("name") String name, @HeaderParam("Nebula-Upload") @Nullable String upload, InputStream body) {
        indexes.put(Indexes.parseName(name), body, Uploads.parse(upload));
        return Response.ok().build();
    }
}
