package org.vsekai.nebula.updater.update;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.updater.endpoint.PublicAddresses;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.version.Requests;

/** {@code /api/v1/modes/{name}/update}. */
@Path("/api/v1/modes/{name}/update")
@Produces(MediaType.APPLICATION_JSON)
class UpdateResource {
    private final Updates updates;
    private final PublicAddresses addresses;

    UpdateResource(Updates updates, PublicAddresses addresses) {
        this.updates = updates;
        this.addresses = addresses;
    }

    @GET
    @PermitAll
    public Uni<UpdateView> find(@PathParam("name") String mode, @QueryParam("from") @Nullable String from) {
        return updates.find(ModeName.parse(mode), Optional.ofNullable(from).map(Requests::version))
                .map(decision -> UpdateView.of(decision, addresses));
    }
}
