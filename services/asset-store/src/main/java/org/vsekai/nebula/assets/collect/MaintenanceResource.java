package org.vsekai.nebula.assets.collect;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** Runs over the whole store, for operators. They take their time: what is answered is the run, to be asked for again. */
@Path("/api/v1/maintenance")
@RolesAllowed(Role.Names.OPERATOR)
class MaintenanceResource {
    private final Maintenance maintenance;
    private final Runs runs;

    MaintenanceResource(Maintenance maintenance, Runs runs) {
        this.maintenance = maintenance;
        this.runs = runs;
    }

    @POST
    @Path("collections")
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    @Operation(
            operationId = "startCollection",
            summary = "Find garbage and, with delete=true, delete it; grace as in ISO 8601, for instance PT24H")
    public Uni<Run> collect(@QueryParam("delete") boolean delete, @QueryParam("grace") @Nullable String grace) {
        return maintenance.collect(delete, Optional.ofNullable(grace).map(MaintenanceResource::duration));
    }

    @POST
    @Path("verifications")
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    @Operation(
            operationId = "startVerification",
            summary = "Read and hash every chunk; with repair_from, heal damaged and missing ones from that store")
    public Uni<Run> verify(@QueryParam("repair_from") @Nullable String repairFrom) {
        return maintenance.verify(Optional.ofNullable(repairFrom));
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "listMaintenanceRuns", summary = "List runs, newest first")
    public Uni<Page<Run>> list(
            @QueryParam("limit") @Nullable Integer limit, @QueryParam("after") @Nullable String after) {
        return runs.list(PageRequest.of(limit, after));
    }

    @GET
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "getMaintenanceRun", summary = "How far a run is, and its figures")
    public Uni<Run> get(@PathParam("id") String id) {
        return runs.get(parse(id));
    }

    @DELETE
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "cancelMaintenanceRun", summary = "End a run at its next step")
    public Uni<Run> cancel(@PathParam("id") String id) {
        return runs.cancel(parse(id));
    }

    /** @throws ProblemException INVALID_RUN_ID */
    static UUID parse(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ProblemKind.INVALID, "INVALID_RUN_ID", "The run's id must be a UUID.", e);
        }
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new ProblemException(
                    ProblemKind.INVALID, "INVALID_GRACE", "The grace time must be one such as PT24H.", e);
        }
    }
}
