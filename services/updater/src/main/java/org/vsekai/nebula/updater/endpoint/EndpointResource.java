package org.vsekai.nebula.updater.endpoint;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;

/** {@code /api/v1/endpoints}. */
@Path("/api/v1/endpoints")
@Produces(MediaType.APPLICATION_JSON)
class EndpointResource {
    private final Endpoints endpoints;

    EndpointResource(PublicAddresses addresses) {
        this.endpoints = new Endpoints(addresses.updater(), addresses.cdnRegistry(), addresses.assetStore());
    }

    /** Base addresses, each with a trailing slash. */
    record Endpoints(URI updater, URI cdnRegistry, URI assetStore) {}

    @GET
    @PermitAll
    public Endpoints get() {
        return endpoints;
    }
}
