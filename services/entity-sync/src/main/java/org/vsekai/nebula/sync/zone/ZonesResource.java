package org.vsekai.nebula.sync.zone;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.sync.world.Worlds;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.Zone;

/** {@code /api/v1/zones}, for operators: the zones that this node owns, their sessions and entities. */
@Path("/api/v1/zones")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.Names.OPERATOR)
class ZonesResource {
    private final ZoneKeeper keeper;
    private final Worlds worlds;

    ZonesResource(ZoneKeeper keeper, Worlds worlds) {
        this.keeper = keeper;
        this.worlds = worlds;
    }

    /** By name; {@code after} is a zone's name. */
    @GET
    public Page<ZoneView> zones(
            @QueryParam("limit") @Nullable String limit, @QueryParam("after") @Nullable String after) {
        PageRequest page = PageRequest.ofQuery(limit, after);
        List<ZoneThread> found = keeper.zones().stream()
                .filter(zone -> page.after()
                        .map(name -> zone.name().toString().compareTo(name) > 0)
                        .orElse(true))
                .limit(page.limit() + 1L)
                .toList();
        return Page.of(page, found, zone -> zone.name().toString(), ZoneView::of);
    }

    @GET
    @Path("{world}/{x}/{z}")
    public ZoneView zone(@PathParam("world") String world, @PathParam("x") String x, @PathParam("z") String z) {
        return ZoneView.of(find(world, x, z));
    }

    /** By number; {@code after} is a session's number. */
    @GET
    @Path("{world}/{x}/{z}/sessions")
    public Uni<Page<SessionView>> sessions(
            @PathParam("world") String world,
            @PathParam("x") String x,
            @PathParam("z") String z,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after) {
        PageRequest page = PageRequest.ofQuery(limit, after);
        int from = number(page);
        return ask(
                find(world, x, z),
                zone -> Page.of(
                        page,
                        zone.sessions().stream()
                                .map(SessionView::of)
                                .filter(session -> session.number() > from)
                                .sorted((one, other) -> Integer.compare(one.number(), other.number()))
                                .limit(page.limit() + 1L)
                                .toList(),
                        session -> Integer.toString(session.number()),
                        Function.identity()));
    }

    /** By handle; {@code after} is a handle. */
    @GET
    @Path("{world}/{x}/{z}/entities")
    public Uni<Page<EntityView>> entities(
            @PathParam("world") String world,
            @PathParam("x") String x,
            @PathParam("z") String z,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after) {
        PageRequest page = PageRequest.ofQuery(limit, after);
        int from = number(page);
        return ask(
                find(world, x, z),
                zone -> Page.of(
                        page,
                        zone.entitiesAfter(from, page.limit() + 1).stream()
                                .map(EntityView::of)
                                .toList(),
                        entity -> Integer.toString(entity.handle()),
                        Function.identity()));
    }

    /** Gives the zone to another node, if there is one that claims it; sessions are told to join anew. */
    @POST
    @Path("{world}/{x}/{z}/release")
    public void release(@PathParam("world") String world, @PathParam("x") String x, @PathParam("z") String z) {
        keeper.release(find(world, x, z).name());
    }

    private ZoneThread find(String world, String x, String z) {
        Optional<ZoneName> name = ZoneName.find(world + "/" + x + "/" + z).filter(worlds::contains);
        if (name.isEmpty()) {
            throw ProblemException.notFound("ZONE_NOT_FOUND", "There is no such zone.");
        }
        return keeper.find(name.get()).orElseThrow(() -> new ZoneGoneException(name.get()));
    }

    private static <T> Uni<T> ask(ZoneThread thread, Function<Zone, T> question) {
        return Uni.createFrom().completionStage(() -> thread.ask(question));
    }

    private static int number(PageRequest page) {
        try {
            return page.after().map(Integer::parseInt).orElse(0);
        } catch (NumberFormatException e) {
            throw ProblemException.invalid("INVALID_CURSOR", "after must be the next of an earlier page, unchanged.");
        }
    }
}
