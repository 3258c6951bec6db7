package org.vsekai.nebula.sync.ledger;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.time.Duration;
import java.util.Set;
import org.vsekai.nebula.api.ledger.v1.AcquireLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.AcquireLeaseResponse;
import org.vsekai.nebula.api.ledger.v1.Claim;
import org.vsekai.nebula.api.ledger.v1.ClaimResourceRequest;
import org.vsekai.nebula.api.ledger.v1.ClaimResourceResponse;
import org.vsekai.nebula.api.ledger.v1.GetLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.Lease;
import org.vsekai.nebula.api.ledger.v1.LeaseEvent;
import org.vsekai.nebula.api.ledger.v1.Leases;
import org.vsekai.nebula.api.ledger.v1.ListClaimsRequest;
import org.vsekai.nebula.api.ledger.v1.ListClaimsResponse;
import org.vsekai.nebula.api.ledger.v1.ListLeasesRequest;
import org.vsekai.nebula.api.ledger.v1.ListLeasesResponse;
import org.vsekai.nebula.api.ledger.v1.ReleaseClaimRequest;
import org.vsekai.nebula.api.ledger.v1.ReleaseClaimResponse;
import org.vsekai.nebula.api.ledger.v1.ReleaseLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.ReleaseLeaseResponse;
import org.vsekai.nebula.api.ledger.v1.RenewLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.WatchLeasesRequest;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.WatchFilter;

/** Every method of {@code vsekai.nebula.ledger.v1.Leases}. */
@GrpcService
class LeasesEndpoint implements Leases {
    private final Requests requests;
    private final Watches watches;

    LeasesEndpoint(Requests requests, Watches watches) {
        this.requests = requests;
        this.watches = watches;
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<AcquireLeaseResponse> acquireLease(AcquireLeaseRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.AcquireLease(request.getName(), request.getHolder(), timeToLive(request.getTimeToLive())),
                result -> switch (result) {
                    case Result.LeaseGranted granted ->
                        AcquireLeaseResponse.newBuilder()
                                .setAcquired(true)
                                .setLease(granted(granted))
                                .build();
                    case Result.LeaseHeld held ->
                        AcquireLeaseResponse.newBuilder()
                                .setLease(Lease.newBuilder()
                                        .setName(held.lease())
                                        .setHolder(held.holder())
                                        .setRemaining(Messages.duration(held.remaining())))
                                .build();
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    private static Duration timeToLive(com.google.protobuf.Duration duration) {
        try {
            return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
        } catch (ArithmeticException e) {
            throw ProblemException.invalid("INVALID_FIELD", "time_to_live is no length of time.");
        }
    }

    private static Lease granted(Result.LeaseGranted granted) {
        return Messages.lease(granted.lease(), granted.lease().ttl());
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<Lease> renewLease(RenewLeaseRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.RenewLease(request.getName(), request.getToken()),
                result -> switch (result) {
                    case Result.LeaseGranted renewed -> granted(renewed);
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<ReleaseLeaseResponse> releaseLease(ReleaseLeaseRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.ReleaseLease(request.getName(), request.getToken()),
                result -> switch (result) {
                    case Result.Released _ ->
                        ReleaseLeaseResponse.newBuilder().setReleased(true).build();
                    case Result.LeaseLost _ -> ReleaseLeaseResponse.getDefaultInstance();
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<Lease> getLease(GetLeaseRequest request) {
        return requests.read(request.getReadConsistency(), view -> view.findLease(request.getName())
                        .map(lease -> Messages.lease(lease, lease.remaining(view.ledgerMillis()))))
                .map(found -> found.orElseThrow(
                        () -> ProblemException.notFound("LEASE_NOT_FOUND", "Nobody holds a lease of this name.")));
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<ListLeasesResponse> listLeases(ListLeasesRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        return requests.read(
                        request.getReadConsistency(),
                        view -> Page.of(
                                page,
                                Parts.leases(view, request.getPrefix(), page),
                                org.vsekai.nebula.ledger.Lease::name,
                                lease -> Messages.lease(lease, lease.remaining(view.ledgerMillis()))))
                .map(part -> ListLeasesResponse.newBuilder()
                        .addAllLeases(part.items())
                        .setNextPageToken(Messages.token(part))
                        .build());
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<ClaimResourceResponse> claimResource(ClaimResourceRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.ClaimResource(request.getResource(), request.getLease(), request.getLeaseToken()),
                result -> switch (result) {
                    case Result.Claimed claimed ->
                        ClaimResourceResponse.newBuilder()
                                .setClaimed(true)
                                .setClaim(Messages.claim(claimed.claim()))
                                .build();
                    case Result.ClaimHeld held ->
                        ClaimResourceResponse.newBuilder()
                                .setClaim(Claim.newBuilder()
                                        .setResource(held.resource())
                                        .setLease(held.lease())
                                        .setToken(held.token()))
                                .build();
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<ReleaseClaimResponse> releaseClaim(ReleaseClaimRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.ReleaseClaim(request.getResource(), request.getToken()),
                result -> switch (result) {
                    case Result.Released _ ->
                        ReleaseClaimResponse.newBuilder().setReleased(true).build();
                    case Result.ClaimLost _ -> ReleaseClaimResponse.getDefaultInstance();
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<ListClaimsResponse> listClaims(ListClaimsRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        return requests.read(request.getReadConsistency(), view -> Parts.claims(view, request.getPrefix(), page))
                .map(found -> Page.of(page, found, org.vsekai.nebula.ledger.Claim::resource, Messages::claim))
                .map(part -> ListClaimsResponse.newBuilder()
                        .addAllClaims(part.items())
                        .setNextPageToken(Messages.token(part))
                        .build());
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Multi<LeaseEvent> watchLeases(WatchLeasesRequest request) {
        return watches.stream(
                new WatchFilter(Set.of(WatchFilter.Kind.LEASES, WatchFilter.Kind.CLAIMS), request.getPrefix()),
                Messages::leaseEvent,
                index ->
                        LeaseEvent.newBuilder().setIndex(index).setCurrent(true).build());
    }
}
