package org.vsekai.nebula.sync.ledger;

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
import java.util.Locale;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Consistency;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;

/** {@code /api/v1/ledger}, for operators: what the ledger holds, and its members. */
@Path("/api/v1/ledger")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.Names.OPERATOR)
class LedgerResource {
    private final Requests requests;
    private final Members members;

    LedgerResource(Requests requests, Members members) {
        this.requests = requests;
        this.members = members;
    }

    @GET
    @Path("status")
    public Uni<StatusView> status() {
        return members.status().map(StatusView::of);
    }

    @GET
    @Path("counters")
    public Uni<Page<CounterView>> counters(
            @QueryParam("prefix") @Nullable String prefix,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after,
            @QueryParam("consistency") @Nullable String consistency) {
        PageRequest page = PageRequest.ofQuery(limit, after);
        return requests.read(
                consistency(consistency),
                view -> Page.of(page, Parts.counters(view, prefix(prefix), page), Counter::name, CounterView::of));
    }

    @GET
    @Path("leases")
    public Uni<Page<LeaseView>> leases(
            @QueryParam("prefix") @Nullable String prefix,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after,
            @QueryParam("consistency") @Nullable String consistency) {
        PageRequest page = PageRequest.ofQuery(limit, after);
        return requests.read(
                consistency(consistency),
                view -> Page.of(
                        page,
                        Parts.leases(view, prefix(prefix), page),
                        Lease::name,
                        lease -> LeaseView.of(lease, view.ledgerMillis())));
    }

    @GET
    @Path("claims")
    public Uni<Page<ClaimView>> claims(
            @QueryParam("prefix") @Nullable String prefix,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after,
            @QueryParam("consistency") @Nullable String consistency) {
        PageRequest page = PageRequest.ofQuery(limit, after);
        return requests.read(
                consistency(consistency),
                view -> Page.of(page, Parts.claims(view, prefix(prefix), page), Claim::resource, ClaimView::of));
    }

    @GET
    @Path("intents")
    public Uni<Page<IntentView>> intents(
            @QueryParam("state") @Nullable String state,
            @QueryParam("kind") @Nullable String kind,
            @QueryParam("orphaned") @Nullable String orphaned,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after,
            @QueryParam("consistency") @Nullable String consistency) {
        PageRequest page = PageRequest.ofQuery(limit, after);
        IntentQuery query = new IntentQuery(state(state), Optional.ofNullable(kind), flag("orphaned", orphaned));
        return requests.read(
                consistency(consistency),
                view -> Page.of(
                        page,
                        Parts.intents(view, query, page),
                        Parts::key,
                        intent -> IntentView.of(intent, Parts.isOrphaned(view, intent))));
    }

    @POST
    @Path("snapshot")
    public Uni<SnapshotView> snapshot() {
        return members.snapshot().map(SnapshotView::new);
    }

    @GET
    @Path("members")
    public Uni<MembersView> members() {
        return members.status().map(MembersView::of);
    }

    @POST
    @Path("members")
    public Uni<RestResponse<StatusView>> add(@Nullable NewMember member) {
        if (member == null || member.id() == null) {
            throw ProblemException.invalid("ID_REQUIRED", "Send a JSON object with the member's id.");
        }
        return members.add(member.id())
                .map(status -> RestResponse.status(RestResponse.Status.CREATED, StatusView.of(status)));
    }

    @DELETE
    @Path("members/{id}")
    public Uni<StatusView> remove(@PathParam("id") String id) {
        return members.remove(id).map(StatusView::of);
    }

    private static String prefix(@Nullable String prefix) {
        return prefix == null ? "" : prefix;
    }

    private static Consistency consistency(@Nullable String text) {
        return switch (text) {
            case null -> Consistency.LINEARIZABLE;
            case "linearizable" -> Consistency.LINEARIZABLE;
            case "stale" -> Consistency.STALE;
            default ->
                throw ProblemException.invalid("INVALID_PARAMETER", "consistency must be linearizable or stale.");
        };
    }

    private static Optional<Intent.State> state(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        for (Intent.State state : Intent.State.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(text)) {
                return Optional.of(state);
            }
        }
        throw ProblemException.invalid("INVALID_PARAMETER", "state must be pending, committed or aborted.");
    }

    private static boolean flag(String name, @Nullable String text) {
        return switch (text) {
            case null -> false;
            case "true" -> true;
            case "false" -> false;
            default -> throw ProblemException.invalid("INVALID_PARAMETER", name + " must be true or false.");
        };
    }
}
