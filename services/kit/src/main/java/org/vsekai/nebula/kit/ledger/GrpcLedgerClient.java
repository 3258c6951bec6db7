package org.vsekai.nebula.kit.ledger;

import io.grpc.MethodDescriptor;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.ledger.v1.AbortIntentRequest;
import org.vsekai.nebula.api.ledger.v1.AbortIntentResponse;
import org.vsekai.nebula.api.ledger.v1.AcquireLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.BeginIntentRequest;
import org.vsekai.nebula.api.ledger.v1.ClaimResourceRequest;
import org.vsekai.nebula.api.ledger.v1.CommitIntentRequest;
import org.vsekai.nebula.api.ledger.v1.CommitIntentResponse;
import org.vsekai.nebula.api.ledger.v1.CompareAndSetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.Counter;
import org.vsekai.nebula.api.ledger.v1.CounterEvent;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;
import org.vsekai.nebula.api.ledger.v1.GetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.GetIntentRequest;
import org.vsekai.nebula.api.ledger.v1.GetLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.Intent;
import org.vsekai.nebula.api.ledger.v1.IntentEvent;
import org.vsekai.nebula.api.ledger.v1.IntentState;
import org.vsekai.nebula.api.ledger.v1.IntentsGrpc;
import org.vsekai.nebula.api.ledger.v1.Lease;
import org.vsekai.nebula.api.ledger.v1.LeaseEvent;
import org.vsekai.nebula.api.ledger.v1.LeasesGrpc;
import org.vsekai.nebula.api.ledger.v1.ListIntentsRequest;
import org.vsekai.nebula.api.ledger.v1.ReleaseClaimRequest;
import org.vsekai.nebula.api.ledger.v1.ReleaseLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.RenewLeaseRequest;
import org.vsekai.nebula.api.ledger.v1.WatchCountersRequest;
import org.vsekai.nebula.api.ledger.v1.WatchIntentsRequest;
import org.vsekai.nebula.api.ledger.v1.WatchLeasesRequest;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** The ledger by gRPC: its messages as this package's values. How calls are repeated is {@link LedgerMembers}'. */
final class GrpcLedgerClient implements LedgerClient {
    /** A member that hears from a leader says so every five seconds. */
    private static final Duration WATCH_IDLE = Duration.ofSeconds(20);

    private final LedgerMembers members;
    private final Duration deadline;
    private final boolean owner;

    GrpcLedgerClient(LedgerEndpoints endpoints) {
        this(new LedgerMembers(endpoints), endpoints.deadline(), true);
    }

    private GrpcLedgerClient(LedgerMembers members, Duration deadline, boolean owner) {
        this.members = members;
        this.deadline = LedgerEndpoints.checkDeadline(deadline);
        this.owner = owner;
    }

    @Override
    public boolean isConfigured() {
        return !members.isEmpty();
    }

    @Override
    public LedgerClient withDeadline(Duration deadline) {
        return new GrpcLedgerClient(members, deadline, false);
    }

    @Override
    public void close() {
        if (owner) {
            members.close();
        }
    }

    private <Q, R> Uni<R> read(MethodDescriptor<Q, R> method, Q request) {
        return members.call(method, request, Optional.empty(), deadline);
    }

    private <Q, R> Uni<R> write(MethodDescriptor<Q, R> method, Q request, UUID id) {
        return members.call(method, request, Optional.of(id), deadline);
    }

    @Override
    public Uni<Long> counter(String name, ReadConsistency consistency) {
        return read(
                        CountersGrpc.getGetCounterMethod(),
                        GetCounterRequest.newBuilder()
                                .setName(name)
                                .setReadConsistency(consistency(consistency))
                                .build())
                .map(Counter::getValue);
    }

    @Override
    public Uni<Long> addToCounter(UUID requestId, String name, long delta) {
        return write(
                        CountersGrpc.getAddToCounterMethod(),
                        AddToCounterRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setName(name)
                                .setDelta(delta)
                                .build(),
                        requestId)
                .map(Counter::getValue);
    }

    @Override
    public Uni<CompareAndSet> compareAndSetCounter(UUID requestId, String name, long expected, long value) {
        return write(
                        CountersGrpc.getCompareAndSetCounterMethod(),
                        CompareAndSetCounterRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setName(name)
                                .setExpected(expected)
                                .setValue(value)
                                .build(),
                        requestId)
                .map(answer -> new CompareAndSet(
                        answer.getSwapped(), answer.getCounter().getValue()));
    }

    @Override
    public Uni<LeaseAnswer> acquireLease(UUID requestId, String name, String holder, Duration timeToLive) {
        return write(
                        LeasesGrpc.getAcquireLeaseMethod(),
                        AcquireLeaseRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setName(name)
                                .setHolder(holder)
                                .setTimeToLive(duration(timeToLive))
                                .build(),
                        requestId)
                .map(answer -> answer.getAcquired()
                        ? new LeaseAnswer.Granted(lease(answer.getLease()))
                        : new LeaseAnswer.Held(
                                answer.getLease().getHolder(),
                                duration(answer.getLease().getRemaining())));
    }

    @Override
    public Uni<LeaseAnswer> renewLease(UUID requestId, String name, long token) {
        Uni<LeaseAnswer> answer = write(
                        LeasesGrpc.getRenewLeaseMethod(),
                        RenewLeaseRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setName(name)
                                .setToken(token)
                                .build(),
                        requestId)
                .map(lease -> new LeaseAnswer.Granted(lease(lease)));
        return answer.onFailure(withCode("LEASE_LOST")).recoverWithItem(() -> new LeaseAnswer.Lost());
    }

    @Override
    public Uni<Boolean> releaseLease(UUID requestId, String name, long token) {
        return write(
                        LeasesGrpc.getReleaseLeaseMethod(),
                        ReleaseLeaseRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setName(name)
                                .setToken(token)
                                .build(),
                        requestId)
                .map(answer -> answer.getReleased());
    }

    @Override
    public Uni<Optional<HeldLease>> findLease(String name, ReadConsistency consistency) {
        return optional(
                read(
                                LeasesGrpc.getGetLeaseMethod(),
                                GetLeaseRequest.newBuilder()
                                        .setName(name)
                                        .setReadConsistency(consistency(consistency))
                                        .build())
                        .map(GrpcLedgerClient::lease),
                "LEASE_NOT_FOUND");
    }

    @Override
    public Uni<ClaimAnswer> claim(UUID requestId, String resource, String lease, long leaseToken) {
        Uni<ClaimAnswer> answer = write(
                        LeasesGrpc.getClaimResourceMethod(),
                        ClaimResourceRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setResource(resource)
                                .setLease(lease)
                                .setLeaseToken(leaseToken)
                                .build(),
                        requestId)
                .map(told -> told.getClaimed()
                        ? new ClaimAnswer.Claimed(resource, told.getClaim().getToken())
                        : new ClaimAnswer.Held(
                                resource,
                                told.getClaim().getLease(),
                                told.getClaim().getToken()));
        return answer.onFailure(withCode("LEASE_LOST")).recoverWithItem(() -> new ClaimAnswer.LeaseLost());
    }

    @Override
    public Uni<Boolean> releaseClaim(UUID requestId, String resource, long token) {
        return write(
                        LeasesGrpc.getReleaseClaimMethod(),
                        ReleaseClaimRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setResource(resource)
                                .setToken(token)
                                .build(),
                        requestId)
                .map(answer -> answer.getReleased());
    }

    @Override
    public Uni<BeginAnswer> beginIntent(
            UUID requestId,
            UUID id,
            String kind,
            String writer,
            String lease,
            long leaseToken,
            Collection<String> covers) {
        Uni<BeginAnswer> answer = write(
                        IntentsGrpc.getBeginIntentMethod(),
                        BeginIntentRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setId(id.toString())
                                .setKind(kind)
                                .setWriter(writer)
                                .setLease(lease)
                                .setLeaseToken(leaseToken)
                                .addAllCovers(covers)
                                .build(),
                        requestId)
                .map(begun -> new BeginAnswer.Begun(begun.getToken()));
        return answer.onFailure(withCode("LEASE_LOST"))
                .recoverWithItem(() -> new BeginAnswer.LeaseLost())
                .onFailure(withCode("INTENT_EXISTS"))
                .recoverWithItem(() -> new BeginAnswer.Exists());
    }

    @Override
    public Uni<FinishAnswer> commitIntent(UUID requestId, UUID id, long token) {
        return finished(write(
                        IntentsGrpc.getCommitIntentMethod(),
                        CommitIntentRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setId(id.toString())
                                .setToken(token)
                                .build(),
                        requestId)
                .map(CommitIntentResponse::getChanged));
    }

    @Override
    public Uni<FinishAnswer> abortIntent(UUID requestId, UUID id, long token, String reason) {
        return finished(write(
                        IntentsGrpc.getAbortIntentMethod(),
                        AbortIntentRequest.newBuilder()
                                .setRequestId(requestId.toString())
                                .setId(id.toString())
                                .setToken(token)
                                .setReason(reason)
                                .build(),
                        requestId)
                .map(AbortIntentResponse::getChanged));
    }

    private static Uni<FinishAnswer> finished(Uni<Boolean> changed) {
        Uni<FinishAnswer> answer = changed.map(FinishAnswer.Finished::new);
        return answer.onFailure(ProblemException.class).recoverWithUni(failure -> {
            @Nullable
            FinishAnswer refusal =
                    switch (((ProblemException) failure).code()) {
                        case "INTENT_COMMITTED" -> new FinishAnswer.OtherOutcome(LedgerIntent.State.COMMITTED);
                        case "INTENT_ABORTED" -> new FinishAnswer.OtherOutcome(LedgerIntent.State.ABORTED);
                        case "INTENT_NOT_FOUND" -> new FinishAnswer.Unknown();
                        case "LEASE_LOST" -> new FinishAnswer.LeaseLost();
                        case "TOKEN_REFUSED" -> new FinishAnswer.NotYours();
                        case "WRITER_ALIVE" -> new FinishAnswer.WriterAlive();
                        case "CLAIM_TOO_OLD" -> new FinishAnswer.ClaimTooOld();
                        default -> null;
                    };
            return refusal == null
                    ? Uni.createFrom().failure(failure)
                    : Uni.createFrom().item(refusal);
        });
    }

    @Override
    public Uni<Optional<LedgerIntent>> findIntent(UUID id, ReadConsistency consistency) {
        return optional(
                read(
                                IntentsGrpc.getGetIntentMethod(),
                                GetIntentRequest.newBuilder()
                                        .setId(id.toString())
                                        .setReadConsistency(consistency(consistency))
                                        .build())
                        .map(GrpcLedgerClient::intent),
                "INTENT_NOT_FOUND");
    }

    @Override
    public Uni<Page<LedgerIntent>> intents(IntentFilter filter, PageRequest page, ReadConsistency consistency) {
        return read(
                        IntentsGrpc.getListIntentsMethod(),
                        ListIntentsRequest.newBuilder()
                                .setPageSize(page.limit())
                                .setPageToken(page.token())
                                .setState(filter.state()
                                        .map(GrpcLedgerClient::state)
                                        .orElse(IntentState.INTENT_STATE_UNSPECIFIED))
                                .setKind(filter.kind().orElse(""))
                                .setOrphaned(filter.orphaned())
                                .setReadConsistency(consistency(consistency))
                                .build())
                .map(answer -> new Page<>(
                        answer.getIntentsList().stream()
                                .map(GrpcLedgerClient::intent)
                                .toList(),
                        answer.getNextPageToken().isEmpty() ? null : answer.getNextPageToken()));
    }

    @Override
    public Multi<WatchEvent<CounterChange>> watchCounters(String prefix) {
        return members.stream(
                        CountersGrpc.getWatchCountersMethod(),
                        WatchCountersRequest.newBuilder().setPrefix(prefix).build(),
                        WATCH_IDLE,
                        CounterEvent.getDefaultInstance())
                .map(event -> switch (event.getChangeCase()) {
                    case COUNTER ->
                        new WatchEvent.Changed<>(
                                event.getIndex(),
                                new CounterChange(
                                        event.getCounter().getName(),
                                        event.getCounter().getValue()));
                    case CURRENT -> new WatchEvent.Current<>(event.getIndex());
                    case CHANGE_NOT_SET -> new WatchEvent.Begun<>();
                });
    }

    @Override
    public Multi<WatchEvent<LeaseChange>> watchLeases(String prefix) {
        return members.stream(
                        LeasesGrpc.getWatchLeasesMethod(),
                        WatchLeasesRequest.newBuilder().setPrefix(prefix).build(),
                        WATCH_IDLE,
                        LeaseEvent.getDefaultInstance())
                .map(event -> {
                    long index = event.getIndex();
                    return switch (event.getChangeCase()) {
                        case LEASE ->
                            new WatchEvent.Changed<>(index, new LeaseChange.LeaseSet(lease(event.getLease())));
                        case LEASE_ENDED ->
                            new WatchEvent.Changed<>(
                                    index,
                                    new LeaseChange.LeaseEnded(
                                            event.getLeaseEnded().getName(),
                                            event.getLeaseEnded().getToken()));
                        case CLAIM ->
                            new WatchEvent.Changed<>(
                                    index,
                                    new LeaseChange.ClaimSet(
                                            event.getClaim().getResource(),
                                            event.getClaim().getLease(),
                                            event.getClaim().getToken()));
                        case CLAIM_ENDED ->
                            new WatchEvent.Changed<>(
                                    index,
                                    new LeaseChange.ClaimEnded(
                                            event.getClaimEnded().getResource(),
                                            event.getClaimEnded().getToken()));
                        case CURRENT -> new WatchEvent.Current<>(index);
                        case CHANGE_NOT_SET -> new WatchEvent.Begun<>();
                    };
                });
    }

    @Override
    public Multi<WatchEvent<IntentChange>> watchIntents(String kindPrefix) {
        return members.stream(
                        IntentsGrpc.getWatchIntentsMethod(),
                        WatchIntentsRequest.newBuilder()
                                .setKindPrefix(kindPrefix)
                                .build(),
                        WATCH_IDLE,
                        IntentEvent.getDefaultInstance())
                .map(event -> {
                    long index = event.getIndex();
                    return switch (event.getChangeCase()) {
                        case INTENT ->
                            new WatchEvent.Changed<>(index, new IntentChange.IntentSet(intent(event.getIntent())));
                        case FORGOTTEN ->
                            new WatchEvent.Changed<>(index, new IntentChange.IntentForgotten(id(event.getForgotten())));
                        case CURRENT -> new WatchEvent.Current<>(index);
                        case CHANGE_NOT_SET -> new WatchEvent.Begun<>();
                    };
                });
    }

    private static <T> Uni<Optional<T>> optional(Uni<T> found, String notFound) {
        return found.map(Optional::of).onFailure(withCode(notFound)).recoverWithItem(() -> Optional.empty());
    }

    private static Predicate<Throwable> withCode(String code) {
        return failure ->
                failure instanceof ProblemException problem && problem.code().equals(code);
    }

    private static org.vsekai.nebula.api.ledger.v1.ReadConsistency consistency(ReadConsistency consistency) {
        return switch (consistency) {
            case LINEARIZABLE -> org.vsekai.nebula.api.ledger.v1.ReadConsistency.READ_CONSISTENCY_LINEARIZABLE;
            case STALE -> org.vsekai.nebula.api.ledger.v1.ReadConsistency.READ_CONSISTENCY_STALE;
        };
    }

    private static HeldLease lease(Lease lease) {
        return new HeldLease(lease.getName(), lease.getHolder(), lease.getToken(), duration(lease.getTimeToLive()));
    }

    private static IntentState state(LedgerIntent.State state) {
        return switch (state) {
            case PENDING -> IntentState.INTENT_STATE_PENDING;
            case COMMITTED -> IntentState.INTENT_STATE_COMMITTED;
            case ABORTED -> IntentState.INTENT_STATE_ABORTED;
        };
    }

    private static LedgerIntent.State state(IntentState state) {
        return switch (state) {
            case INTENT_STATE_PENDING -> LedgerIntent.State.PENDING;
            case INTENT_STATE_COMMITTED -> LedgerIntent.State.COMMITTED;
            case INTENT_STATE_ABORTED -> LedgerIntent.State.ABORTED;
            case INTENT_STATE_UNSPECIFIED, UNRECOGNIZED -> throw nonsense("an intent has no state that is known here");
        };
    }

    private static LedgerIntent intent(Intent intent) {
        return new LedgerIntent(
                id(intent.getId()),
                intent.getToken(),
                intent.getKind(),
                intent.getWriter(),
                intent.getLease(),
                intent.getLeaseToken(),
                intent.getCoversList(),
                state(intent.getState()),
                intent.getReason(),
                instant(intent.getBegunAt()),
                intent.hasFinishedAt() ? Optional.of(instant(intent.getFinishedAt())) : Optional.empty(),
                intent.getOrphaned());
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw nonsense("an intent's id is no UUID");
        }
    }

    private static ProblemException nonsense(String detail) {
        return new ProblemException(
                ProblemKind.INTERNAL, "LEDGER_FAILED", "The ledger's answer makes no sense: " + detail + ".");
    }

    private static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    private static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    private static Instant instant(com.google.protobuf.Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
