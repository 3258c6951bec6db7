package org.vsekai.nebula.assets.statistics;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.vsekai.nebula.kit.auth.Role;

@Path("/api/v1/statistics")
@RolesAllowed(Role.Names.OPERATOR)
class StatisticsResource {
    private final StatisticsReader reader;

    StatisticsResource(StatisticsReader reader) {
        this.reader = reader;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "getStatistics", summary = "What the store holds")
    public Uni<Statistics> read() {
        return reader.read();
    }
}
