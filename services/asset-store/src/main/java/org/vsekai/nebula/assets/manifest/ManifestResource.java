package org.vsekai.nebula.assets.manifest;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.vsekai.nebula.kit.auth.Role;

@Path("/manifests")
@RunOnVirtualThread
class ManifestResource {
    private final Manifests manifests;

    ManifestResource(Manifests manifests) {
        this.manifests = manifests;
    }

    @PUT
    @Path("{name}")
    @Consumes(MediaType.WILDCARD)
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    @Operation(operationId = "putManifest", summary = "Store a manifest under the SHA-256 of its bytes")
    public Response put(@PathParam("name") String name, InputStream body) {
        manifests.put(Manifests.parseName(name), body);
        return Response.ok().build();
    }
}
