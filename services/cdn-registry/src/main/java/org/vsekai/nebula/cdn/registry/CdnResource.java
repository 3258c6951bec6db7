package org.vsekai.nebula.cdn.registry;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.probe.ProbeFigures;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;

/** Registered CDNs over REST, for operators. */
@Path("/api/v1/cdns")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.Names.OPERATOR)
class CdnResource {
    /** A CDN as JSON. */
    record View(
            UUID id,
            String uid,
            String name,
            String uri,
            @Nullable Instant lastCheckedOn,
            String region,
            ProbeFigures probes) {
        static View of(Cdn cdn) {
            CdnEntry entry = cdn.entry();
            return new View(
                    cdn.id(),
                    entry.uid(),
                    entry.name(),
                    entry.uri().text(),
                    cdn.lastCheckedOn(),
                    entry.region(),
                    cdn.probes());
        }
    }

    /** A CDN to be registered. */
    record Registration(
            @Nullable String uid,
            @Nullable String name,
            @Nullable String uri,
            @Nullable String region) {}

    /** What to change; a missing field stays as it is. */
    record Change(
            @Nullable String name,
            @Nullable String uri,
            @Nullable String region) {}

    private final Cdns cdns;

    CdnResource(Cdns cdns) {
        this.cdns = cdns;
    }

    @GET
    public Uni<Page<View>> list(
            @RestQuery @Nullable Integer limit, @RestQuery @Nullable String after, @RestQuery @Nullable String region) {
        return cdns.list(PageRequest.of(limit, after), Optional.ofNullable(region))
                .map(page -> new Page<>(page.items().stream().map(View::of).toList(), page.next()));
    }

    @POST
    @ResponseStatus(201)
    public Uni<RestResponse<View>> create(@Nullable Registration body) {
        Registration asked = required(body);
        return cdns.create(CdnEntry.of(asked.uid, asked.name, asked.uri, asked.region))
                .map(cdn -> answer(
                        cdn,
                        RestResponse.ResponseBuilder.<View>create(RestResponse.Status.CREATED)
                                .location(
                                        URI.create("/api/v1/cdns/" + cdn.entry().uid()))));
    }

    @GET
    @Path("{uid}")
    public Uni<RestResponse<View>> get(@RestPath String uid) {
        return cdns.get(uid).map(cdn -> answer(cdn, RestResponse.ResponseBuilder.<View>create(RestResponse.Status.OK)));
    }

    @PATCH
    @Path("{uid}")
    public Uni<RestResponse<View>> update(
            @RestPath String uid, @RestHeader(HttpHeaders.IF_MATCH) @Nullable String ifMatch, @Nullable Change body) {
        Change change = required(body);
        CdnUri uri = change.uri == null ? null : CdnUri.parse(change.uri);
        return cdns.update(uid, ifMatch, change.name, uri, change.region)
                .map(cdn -> answer(cdn, RestResponse.ResponseBuilder.<View>create(RestResponse.Status.OK)));
    }

    @DELETE
    @Path("{uid}")
    public Uni<Void> delete(@RestPath String uid) {
        return cdns.delete(uid);
    }

    private static RestResponse<View> answer(Cdn cdn, RestResponse.ResponseBuilder<View> answer) {
        // The header as text: a tag object would be quoted a second time.
        return answer.entity(View.of(cdn))
                .header(HttpHeaders.ETAG, cdn.entityTag())
                .build();
    }

    private static <T> T required(@Nullable T body) {
        if (body == null) {
            throw ProblemException.invalid("MALFORMED_JSON", "The request needs a JSON body.");
        }
        return body;
    }
}
