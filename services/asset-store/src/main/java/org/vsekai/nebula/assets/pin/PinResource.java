package org.vsekai.nebula.assets.pin;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;

@Path("/api/v1/pins")
@RolesAllowed(Role.Names.OPERATOR)
class PinResource {
    private final Pins pins;

    PinResource(Pins pins) {
        this.pins = pins;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "listPins", summary = "List pins, oldest first")
    public Uni<Page<Pin>> list(
            @QueryParam("limit") @Nullable Integer limit, @QueryParam("after") @Nullable String after) {
        return pins.list(Optional.empty(), Optional.empty(), PageRequest.of(limit, after));
    }
}
