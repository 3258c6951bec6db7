package org.vsekai.nebula.kit.it;

import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.problem.ProblemException;

@Path("/edge")
class EdgeResource {
    record Body(int sizeBytes) {}

    @GET
    @Path("open")
    @PermitAll
    public String open() {
        return "open";
    }

    @GET
    @Path("unannotated")
    public String unannotated() {
        return "never seen";
    }

    @POST
    @Path("write")
    @Consumes("application/json")
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    public Body write(Body body) {
        return body;
    }

    @GET
    @Path("conflict")
    @PermitAll
    public String conflict() {
        throw ProblemException.alreadyExists("THING_EXISTS", "There is such a thing.");
    }

    @GET
    @Path("bug")
    @PermitAll
    public String bug() {
        throw new IllegalStateException("a secret of the inside");
    }
}
