package org.vsekai.nebula.system.ledger;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.api.ledger.v1.AcquireLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.AcquireLeaseResponse;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CompareAndSetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CompareAndSetCounterResponse;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;
import org.vsekai.nebula.api.ledger.v1.GetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.GetLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.GetStatusRequest;
import org.vsekai.nebula.api.ledger.v1.Lease;
import org.vsekai.nebula.api.ledger.v1.LeasesGrpc;
import org.vsekai.nebula.api.ledger.v1.MemberRole;
import org.vsekai.nebula.api.ledger.v1.MemberStatus;
import org.vsekai.nebula.api.ledger.v1.OperationsGrpc;
import org.vsekai.nebula.api.ledger.v1.ReadConsistency;
import org.vsekai.nebula.api.ledger.v1.ReleaseLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.RenewLeaseRequest;
import org.vsekai.nebula.system.ledger.Operation.Answer;
import org.vsekai.nebula.system.ledger.Operation.Arguments;

/** Asks real members over gRPC, with the contract's stubs and nothing of the product's client. */
final class GrpcDriver implements LedgerDriver {
    /** After these, and these only, the contract says that the attempt did nothing. */
    private static final Set<String> NOTHING_DONE = Set.of("NO_LEADER", "WINDOW_FULL", "REQUEST_EXPIRED");

    private static final Duration STATUS_PATIENCE = Duration.ofMillis(500);

    private final List<Member> members = new ArrayList<>();

    private record Member(
            ManagedChannel channel,
            CountersGrpc.CountersBlockingStub counters,
            LeasesGrpc.LeasesBlockingStub leases,
            OperationsGrpc.OperationsBlockingStub operations) {}

    GrpcDriver(List<InetSocketAddress> addresses, String token) {
        Bearer bearer = new Bearer(token);
        for (InetSocketAddress address : addresses) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(address)
                    .usePlaintext()
                    // What is sent again is sent by us, so that the history knows it.
                    .disableRetry()
                    .build();
            members.add(new Member(
                    channel,
                    CountersGrpc.newBlockingStub(channel).withCallCredentials(bearer),
                    LeasesGrpc.newBlockingStub(channel).withCallCredentials(bearer),
                    OperationsGrpc.newBlockingStub(channel).withCallCredentials(bearer)));
        }
    }

    @Override
    public Outcome attempt(int member, UUID request, Operation operation, boolean stale, Duration timeout) {
        try {
            return new Outcome.Known(call(members.get(member), request.toString(), operation, stale, timeout));
        } catch (StatusRuntimeException e) {
            String reason = reason(e);
            if (e.getStatus().getCode() == Status.Code.UNAVAILABLE && reason.isEmpty()) {
                // It is down. Once it is up again we want to know at once.
                members.get(member).channel().resetConnectBackoff();
            }
            return switch (reason) {
                case "LEASE_LOST", "LEASE_NOT_FOUND" -> new Outcome.Known(Answer.done(false));
                case "COUNTER_OVERFLOW" -> new Outcome.Known(Answer.done(false));
                default -> {
                    String why = e.getStatus().getCode() + (reason.isEmpty() ? "" : "/" + reason);
                    if (isFaulty(e.getStatus().getCode())) {
                        throw new IllegalStateException(operation + ": " + e.getStatus() + " " + reason, e);
                    }
                    yield NOTHING_DONE.contains(reason) ? new Outcome.NotDone(why) : new Outcome.Unknown(why);
                }
            };
        }
    }

    /** Codes that no fault of the network or of a member explains. */
    private static boolean isFaulty(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, NOT_FOUND -> true;
            default -> false;
        };
    }

    private static Answer call(Member member, String request, Operation operation, boolean stale, Duration timeout) {
        ReadConsistency consistency =
                stale ? ReadConsistency.READ_CONSISTENCY_STALE : ReadConsistency.READ_CONSISTENCY_LINEARIZABLE;
        CountersGrpc.CountersBlockingStub counters =
                member.counters().withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
        LeasesGrpc.LeasesBlockingStub leases =
                member.leases().withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
        String key = operation.key();
        Arguments arguments = operation.arguments();
        return switch (operation.operation()) {
            case "get" ->
                Answer.value(counters.getCounter(GetCounterRequest.newBuilder()
                                .setName(key)
                                .setReadConsistency(consistency)
                                .build())
                        .getValue());
            case "add" ->
                Answer.value(counters.addToCounter(AddToCounterRequest.newBuilder()
                                .setRequestId(request)
                                .setName(key)
                                .setDelta(arguments.delta())
                                .build())
                        .getValue());
            case "swap" -> {
                CompareAndSetCounterResponse response =
                        counters.compareAndSetCounter(CompareAndSetCounterRequest.newBuilder()
                                .setRequestId(request)
                                .setName(key)
                                .setExpected(arguments.expected())
                                .setValue(arguments.value())
                                .build());
                yield response.getSwapped()
                        ? Answer.swapped()
                        : Answer.notSwapped(response.getCounter().getValue());
            }
            case "acquire" -> {
                AcquireLeaseResponse response = leases.acquireLease(AcquireLeaseRequest.newBuilder()
                        .setRequestId(request)
                        .setName(key)
                        .setHolder(arguments.holder())
                        .setTimeToLive(Durations.fromNanos(arguments.ttl()))
                        .build());
                yield response.getAcquired()
                        ? Answer.acquired(response.getLease().getToken())
                        : Answer.inTheWay(response.getLease().getHolder());
            }
            case "renew" -> {
                Lease renewed = leases.renewLease(RenewLeaseRequest.newBuilder()
                        .setRequestId(request)
                        .setName(key)
                        .setToken(arguments.token())
                        .build());
                if (renewed.getToken() != arguments.token()) {
                    throw new IllegalStateException("token " + arguments.token() + " was renewed as " + renewed);
                }
                yield Answer.done(true);
            }
            case "release" ->
                Answer.done(leases.releaseLease(ReleaseLeaseRequest.newBuilder()
                                .setRequestId(request)
                                .setName(key)
                                .setToken(arguments.token())
                                .build())
                        .getReleased());
            case "find" -> {
                Lease lease = leases.getLease(GetLeaseRequest.newBuilder()
                        .setName(key)
                        .setReadConsistency(consistency)
                        .build());
                yield Answer.heldBy(lease.getHolder(), lease.getToken());
            }
            default -> throw new IllegalArgumentException(operation.operation());
        };
    }

    private static String reason(StatusRuntimeException failure) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        if (status != null) {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    try {
                        return detail.unpack(ErrorInfo.class).getReason();
                    } catch (InvalidProtocolBufferException e) {
                        throw new IllegalStateException("the details of " + failure + " cannot be read", e);
                    }
                }
            }
        }
        return "";
    }

    @Override
    public OptionalInt findLeader() {
        TreeMap<Long, Integer> byTerm = new TreeMap<>();
        for (int member = 0; member < members.size(); member++) {
            try {
                MemberStatus status = status(member);
                if (status.getRole() == MemberRole.MEMBER_ROLE_LEADER) {
                    byTerm.put(status.getTerm(), member);
                }
            } catch (StatusRuntimeException e) {
                // Down, starting or paused: it has no say.
                continue;
            }
        }
        return byTerm.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(byTerm.lastEntry().getValue());
    }

    @Override
    public boolean answers(int member) {
        try {
            MemberStatus status = status(member);
            if (status.getRole() == MemberRole.MEMBER_ROLE_HALTED) {
                throw new IllegalStateException("member " + member + " halted: " + status.getFailure());
            }
            return true;
        } catch (StatusRuntimeException e) {
            members.get(member).channel().resetConnectBackoff();
            return false;
        }
    }

    private MemberStatus status(int member) {
        return members.get(member)
                .operations()
                .withDeadlineAfter(STATUS_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .getStatus(GetStatusRequest.getDefaultInstance());
    }

    @Override
    public void close() {
        members.forEach(member -> member.channel().shutdownNow());
    }

    private static final class Bearer extends CallCredentials {
        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

        private final String token;

        Bearer(String token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token);
            applier.apply(headers);
        }
    }
}
