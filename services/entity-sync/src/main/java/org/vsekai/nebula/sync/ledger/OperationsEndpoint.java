package org.vsekai.nebula.sync.ledger;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import org.vsekai.nebula.api.ledger.v1.AddMemberRequest;
import org.vsekai.nebula.api.ledger.v1.GetStatusRequest;
import org.vsekai.nebula.api.ledger.v1.MemberRole;
import org.vsekai.nebula.api.ledger.v1.MemberStatus;
import org.vsekai.nebula.api.ledger.v1.Operations;
import org.vsekai.nebula.api.ledger.v1.PeerStatus;
import org.vsekai.nebula.api.ledger.v1.RemoveMemberRequest;
import org.vsekai.nebula.api.ledger.v1.TakeSnapshotRequest;
import org.vsekai.nebula.api.ledger.v1.TakeSnapshotResponse;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.ledger.LedgerView;

/** Every method of {@code vsekai.nebula.ledger.v1.Operations}. */
@GrpcService
class OperationsEndpoint implements Operations {
    private final Members members;

    OperationsEndpoint(Members members) {
        this.members = members;
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<MemberStatus> getStatus(GetStatusRequest request) {
        return members.status().map(OperationsEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<TakeSnapshotResponse> takeSnapshot(TakeSnapshotRequest request) {
        return members.snapshot().map(index -> TakeSnapshotResponse.newBuilder()
                .setSnapshotIndex(index)
                .build());
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<MemberStatus> addMember(AddMemberRequest request) {
        return members.add(request.getId()).map(OperationsEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<MemberStatus> removeMember(RemoveMemberRequest request) {
        return members.remove(request.getId()).map(OperationsEndpoint::message);
    }

    private static MemberStatus message(Members.Report report) {
        org.vsekai.nebula.ledger.consensus.MemberStatus status = report.status();
        LedgerView.Sizes sizes = report.sizes();
        return MemberStatus.newBuilder()
                .setId(status.id())
                .setRole(
                        switch (status.role()) {
                            case LEADER -> MemberRole.MEMBER_ROLE_LEADER;
                            case FOLLOWER -> MemberRole.MEMBER_ROLE_FOLLOWER;
                            case CANDIDATE -> MemberRole.MEMBER_ROLE_CANDIDATE;
                            case LEARNER -> MemberRole.MEMBER_ROLE_LEARNER;
                            case HALTED -> MemberRole.MEMBER_ROLE_HALTED;
                        })
                .setTerm(status.term())
                .setLeader(status.leader().orElse(""))
                .setCommitIndex(status.commitIndex())
                .setLastIndex(status.lastIndex())
                .setAppliedIndex(status.appliedIndex())
                .setSnapshotIndex(status.snapshotIndex())
                .setLogBytes(status.logBytes())
                .addAllMembers(status.members())
                .addAllPeers(PeerView.of(status).stream()
                        .map(peer -> PeerStatus.newBuilder()
                                .setId(peer.id())
                                .setMatchIndex(peer.matchIndex())
                                .setLag(peer.lag())
                                .build())
                        .toList())
                .setFailure(status.failure().orElse(""))
                .setCounterCount(sizes.counters())
                .setLeaseCount(sizes.leases())
                .setClaimCount(sizes.claims())
                .setPendingIntentCount(sizes.pendingIntents())
                .setRememberedRequestCount(sizes.requests())
                .setFsyncCount(status.fsyncs())
                .setFsyncNanos(status.fsyncNanos())
                .setApplyNanos(status.applyNanos())
                .build();
    }
}
