package org.vsekai.nebula.kit.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.Counter;
import org.vsekai.nebula.api.ledger.v1.CounterEvent;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;
import org.vsekai.nebula.api.ledger.v1.GetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.WatchCountersRequest;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** How the client goes on when members fail, each of them scripted. What real ones do is tested where they are hosted. */
class LedgerClientIT {
    /** Of calls that are to come to their deadline. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** When they must have come to it, whatever else the machine does. */
    private static final Duration LATEST = DEADLINE.multipliedBy(3);

    /** Of calls that are answered, on a busy machine as well, before anything is sent a second time. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Member> members = new ArrayList<>();
    private final List<LedgerClient> clients = new ArrayList<>();

    /** A member that does as it is told and notes the request ids that it is sent. */
    private static final class Member extends CountersGrpc.CountersImplBase {
        private final List<String> asked = new CopyOnWriteArrayList<>();
        private final BiConsumer<Integer, StreamObserver<Counter>> script;
        private final Server server;
        private final int port;

        Member(BiConsumer<Integer, StreamObserver<Counter>> script) throws IOException {
            this.script = script;
            this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .addService(this)
                    .build()
                    .start();
            this.port = server.getPort();
        }

        @Override
        public void addToCounter(AddToCounterRequest request, StreamObserver<Counter> answer) {
            asked.add(request.getRequestId());
            script.accept(asked.size(), answer);
        }

        @Override
        public void getCounter(GetCounterRequest request, StreamObserver<Counter> answer) {
            asked.add("");
            script.accept(asked.size(), answer);
        }

        @Override
        public void watchCounters(WatchCountersRequest request, StreamObserver<CounterEvent> events) {
            asked.add("");
            events.onNext(CounterEvent.newBuilder()
                    .setIndex(asked.size())
                    .setCurrent(true)
                    .build());
            events.onError(GrpcStatuses.toStatus(new ProblemException(ProblemKind.UNAVAILABLE, "WATCH_ENDED", "ends")));
        }
    }

    @AfterEach
    void stop() {
        clients.forEach(LedgerClient::close);
        members.forEach(member -> member.server.shutdownNow());
    }

    private Member member(BiConsumer<Integer, StreamObserver<Counter>> script) throws IOException {
        Member member = new Member(script);
        members.add(member);
        return member;
    }

    private LedgerClient client(Duration deadline, Duration attempt, int maxInFlight) {
        LedgerClient client = LedgerClient.connect(new LedgerEndpoints(
                members.stream().map(member -> "127.0.0.1:" + member.port).toList(),
                Optional.of("token"),
                Optional.empty(),
                deadline,
                attempt,
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                maxInFlight));
        clients.add(client);
        return client;
    }

    private LedgerClient client() {
        return client(PATIENCE, PATIENCE, 10);
    }

    /** One that gives up soon. */
    private LedgerClient hasty() {
        return client(DEADLINE, DEADLINE.dividedBy(4), 10);
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(PATIENCE.plusSeconds(5));
    }

    private static void fail(StreamObserver<Counter> answer, ProblemKind kind, String code) {
        answer.onError(GrpcStatuses.toStatus(new ProblemException(kind, code, "scripted")));
    }

    private static void answer(StreamObserver<Counter> answer, long value) {
        answer.onNext(Counter.newBuilder().setValue(value).build());
        answer.onCompleted();
    }

    private static void failsWithin(Duration patience, ThrowingCallable call, Class<? extends Throwable> type) {
        long begun = System.nanoTime();
        assertThatThrownBy(call).isInstanceOf(type);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(patience);
    }

    @Test
    void memberWithoutLeaderIsPassedOverAndTheNextRemembered() throws IOException {
        Member follower = member((number, answer) -> fail(answer, ProblemKind.UNAVAILABLE, "NO_LEADER"));
        Member leader = member((number, answer) -> answer(answer, number));
        LedgerClient client = client();
        UUID request = UUID.randomUUID();
        assertThat(await(client.addToCounter(request, "n", 1))).isEqualTo(1);
        assertThat(await(client.addToCounter("n", 1))).isEqualTo(2);
        assertThat(follower.asked).containsExactly(request.toString());
        assertThat(leader.asked).hasSize(2).startsWith(request.toString());
    }

    @Test
    void openAttemptIsRepeatedElsewhereWithTheSameRequestId() throws IOException {
        Member hanging = member((number, answer) -> {});
        Member other = member((number, answer) -> answer(answer, 8));
        UUID request = UUID.randomUUID();
        // Time enough for the first to be asked before it is given up.
        LedgerClient client = client(PATIENCE, Duration.ofSeconds(3), 10);
        assertThat(await(client.addToCounter(request, "n", 1))).isEqualTo(8);
        assertThat(hanging.asked).containsOnly(request.toString());
        assertThat(other.asked).containsOnly(request.toString());
    }

    @Test
    void memberThatDiesWithTheCallLeavesItOpen() throws IOException {
        Member dying = member((number, answer) -> members.getFirst().server.shutdownNow());
        // The first attempt has all the time to reach it; the others find nobody.
        Duration deadline = Duration.ofSeconds(10);
        LedgerClient client = client(deadline, deadline, 10);
        assertThatThrownBy(() -> await(client.addToCounter("n", 1)))
                .isInstanceOfSatisfying(LedgerOutcomeUnknownException.class, e -> assertThat(dying.asked)
                        .containsOnly(e.requestId().toString()));
    }

    @Test
    void outcomeThatStaysUnknownIsSaidSoAtTheDeadline() throws IOException {
        Member member = member((number, answer) -> fail(answer, ProblemKind.UNAVAILABLE, "OUTCOME_UNKNOWN"));
        failsWithin(LATEST, () -> await(hasty().addToCounter("n", 1)), LedgerOutcomeUnknownException.class);
        assertThat(member.asked).hasSizeGreaterThan(1);
        assertThat(member.asked.stream().distinct()).hasSize(1);
    }

    @Test
    void majorityThatIsAwayIsUnavailableAndNothingMore() throws IOException {
        member((number, answer) -> fail(answer, ProblemKind.UNAVAILABLE, "NO_LEADER"));
        LedgerClient client = hasty();
        // An attempt that a busy machine does not bring to its end is rightly called open, so it may take several
        // calls.
        eventually(
                () -> failsWithin(LATEST, () -> await(client.addToCounter("n", 1)), LedgerUnavailableException.class));
        eventually(() -> failsWithin(
                DEADLINE,
                () -> await(client.withDeadline(Duration.ofMillis(300)).addToCounter("n", 1)),
                LedgerUnavailableException.class));
    }

    @Test
    void memberThatNobodyReachesCannotHaveDoneAnything() throws IOException {
        Member gone = member((number, answer) -> {});
        gone.server.shutdownNow();
        failsWithin(LATEST, () -> await(hasty().addToCounter("n", 1)), LedgerUnavailableException.class);
    }

    @Test
    void readHasNoOutcomeToBeUnknown() throws IOException {
        member((number, answer) -> {});
        failsWithin(
                LATEST,
                () -> await(hasty().counter("n", ReadConsistency.LINEARIZABLE)),
                LedgerUnavailableException.class);
    }

    @Test
    void refusalIsNotRepeated() throws IOException {
        Member member = member((number, answer) -> fail(answer, ProblemKind.INVALID, "INVALID_FIELD"));
        assertThatThrownBy(() -> await(client().addToCounter("n", 1)))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.code()).isEqualTo("INVALID_FIELD"));
        assertThat(member.asked).hasSize(1);
    }

    @Test
    void tokenThatIsNotKnownIsNamed() throws IOException {
        Member member = member((number, answer) -> fail(answer, ProblemKind.FORBIDDEN, "PERMISSION_DENIED"));
        assertThatThrownBy(() -> await(client().addToCounter("n", 1)))
                .hasMessageContaining("NEBULA_LEDGER_TOKEN")
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.code()).isEqualTo("LEDGER_REFUSED"));
        assertThat(member.asked).hasSize(1);
    }

    @Test
    void callsUnderWayAreBounded() throws IOException {
        Member member = member((number, answer) -> {});
        LedgerClient client = client(PATIENCE, PATIENCE, 1);
        Cancellable hanging = client.addToCounter("n", 1).subscribe().with(value -> {}, failure -> {});
        eventually(() -> assertThat(member.asked).isNotEmpty());
        failsWithin(DEADLINE, () -> await(client.addToCounter("n", 1)), LedgerUnavailableException.class);
        hanging.cancel();
        Cancellable next = client.addToCounter("m", 1).subscribe().with(value -> {}, failure -> {});
        eventually(() -> assertThat(member.asked.stream().distinct()).hasSize(2));
        next.cancel();
    }

    @Test
    void withoutEndpointsThereIsNoLedger() {
        LedgerClient client = client();
        assertThat(client.isConfigured()).isFalse();
        assertThatThrownBy(() -> await(client.addToCounter("n", 1))).isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> await(client.watchCounters("").toUni()))
                .isInstanceOf(LedgerUnavailableException.class);
    }

    @Test
    void watchThatEndsBeginsAnew() throws IOException {
        member((number, answer) -> {});
        List<WatchEvent<CounterChange>> events = new CopyOnWriteArrayList<>();
        Cancellable watch = client().watchCounters("").subscribe().with(events::add);
        eventually(() -> assertThat(events)
                .startsWith(
                        new WatchEvent.Begun<>(),
                        new WatchEvent.Current<>(1),
                        new WatchEvent.Begun<>(),
                        new WatchEvent.Current<>(2)));
        watch.cancel();
    }

    @Test
    void deadlineBeyondTheWindowOfRequestIdsIsRefused() {
        assertThatThrownBy(() -> client().withDeadline(Duration.ofMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
