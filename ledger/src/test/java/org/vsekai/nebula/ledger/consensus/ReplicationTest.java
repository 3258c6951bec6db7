package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.ledger.log.LogOptions;
import org.vsekai.nebula.ledger.log.SegmentedLog;

/** What is known of a proposal that gets no result, and that no wait is longer than its caller's. */
class ReplicationTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Address SELF = LoneRaft.address("a");
    private static final Address LEADER = LoneRaft.address("b");

    @TempDir
    Path folder;

    private final Timers timers = new Timers();
    private final List<RaftMessage> said = new ArrayList<>();

    /** A follower, whose results are handed out by {@code answers}. */
    private Replication following(SegmentedLog log, Executor answers) throws IOException {
        Replication replication = new Replication(
                new AddingMachine(),
                log,
                ProposalLimits.DEFAULT,
                Clock.systemUTC(),
                timers,
                answers,
                () -> {},
                failure -> {});
        StrictRaft raft = new StrictRaft(
                log,
                replication,
                new StrictRaftOptions("a", List.of("a", "b", "c"), RaftTiming.DEFAULT, 1, 1 << 20, 1 << 20, 7, 10),
                new Random(1));
        replication.replicateWith(raft);
        raft.synchronous(true);
        raft.setAddress(SELF);
        raft.setDownProtocol(new Protocol() {
            @Override
            public Object down(Message message) {
                said.add(RaftCodec.decode(message.getArray(), message.getOffset(), message.getLength()));
                return null;
            }
        });
        raft.start();
        raft.handleView(new View(SELF, 1, List.of(SELF, LEADER)));
        raft.turn(List.of(new StrictRaft.Received(LEADER, new RaftMessage.Append(1, 0, 0, 0, List.of()))));
        assertThat(raft.leader()).isEqualTo(LEADER);
        return replication;
    }

    private RaftMessage.Forward forwarded() {
        return (RaftMessage.Forward) said.getLast();
    }

    @Test
    void aForwardedCallEndsAtItsDeadlineEvenIfItsAnswerIsNeverHandedOut() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, LogOptions.DEFAULT.withSegmentBytes(1 << 16))) {
            Replication replication = following(log, task -> {});
            CompletableFuture<byte[]> call = replication.propose(AddingMachine.add(1), TIMEOUT);
            replication.leaderChanged(null);
            assertThat(call).isNotDone();
            timers.runAll();
            assertThat(call).isCompletedExceptionally();
            assertThatThrownBy(call::join).hasCauseInstanceOf(OutcomeUnknownException.class);
        }
    }

    @Test
    void aBarrierHasOneDeadlineForBothOfItsWaits() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, LogOptions.DEFAULT.withSegmentBytes(1 << 16))) {
            Replication replication = following(log, Runnable::run);
            CompletableFuture<Long> barrier = replication.barrier(TIMEOUT);
            replication.received(
                    LEADER,
                    new RaftMessage.ForwardAnswer(
                            forwarded().id(),
                            RaftMessage.ForwardAnswer.Outcome.DONE,
                            ByteBuffer.allocate(8).putLong(0, 7)));
            assertThat(timers.nanos).hasSize(2);
            assertThat(timers.nanos.getFirst()).isEqualTo(TIMEOUT.toNanos());
            assertThat(timers.nanos.getLast()).as("what is left").isLessThan(TIMEOUT.toNanos());
            timers.runAll();
            assertThat(barrier).isCompletedExceptionally();
            assertThatThrownBy(barrier::join).hasCauseInstanceOf(NotProposedException.class);
        }
    }

    @Test
    void theLeaderHasTimeToSayWhyItGaveUpAChange() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, LogOptions.DEFAULT.withSegmentBytes(1 << 16))) {
            Replication replication = following(log, Runnable::run);
            CompletableFuture<Void> change = replication.change(RaftMessage.Forward.Kind.ADD_MEMBER, "d", TIMEOUT);
            assertThat(forwarded().timeoutMillis()).isEqualTo(TIMEOUT.toMillis());
            assertThat(timers.nanos.getFirst())
                    .as("later than the leader's own, which is a second after that")
                    .isGreaterThan(TIMEOUT.plusSeconds(1).toNanos());
            assertThat(change).isNotDone();
        }
    }

    @Test
    void afterItsEndNothingIsTaken() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, LogOptions.DEFAULT.withSegmentBytes(1 << 16))) {
            Replication replication = following(log, Runnable::run);
            replication.leaderChanged(SELF);
            replication.stop("closing", new IllegalStateException("closed"));
            replication.leaderChanged(SELF);
            assertThat(replication.nextEntry(1)).isNull();
            assertThatThrownBy(() ->
                            replication.propose(AddingMachine.add(1), TIMEOUT).join())
                    .hasCauseInstanceOf(NotProposedException.class);
        }
    }

    @Test
    void whatWasTakenForAnEntryThatIsNotAppendedYetEndsWithTheRest() throws IOException {
        try (SegmentedLog log = SegmentedLog.open(folder, LogOptions.DEFAULT.withSegmentBytes(1 << 16))) {
            Replication replication = following(log, Runnable::run);
            replication.received(
                    LEADER,
                    new RaftMessage.Forward(
                            5,
                            RaftMessage.Forward.Kind.COMMAND,
                            TIMEOUT.toMillis(),
                            ByteBuffer.wrap(AddingMachine.add(1))));
            assertThat(((RaftMessage.ForwardAnswer) said.getLast()).outcome())
                    .as("does not lead")
                    .isEqualTo(RaftMessage.ForwardAnswer.Outcome.NOT_PROPOSED);
            replication.leaderChanged(SELF);
            replication.received(
                    LEADER,
                    new RaftMessage.Forward(
                            6,
                            RaftMessage.Forward.Kind.COMMAND,
                            TIMEOUT.toMillis(),
                            ByteBuffer.wrap(AddingMachine.add(1))));
            assertThat(replication.nextEntry(1)).isNotNull();
            replication.stop("closing", new IllegalStateException("closed"));
            RaftMessage.ForwardAnswer answer = (RaftMessage.ForwardAnswer) said.getLast();
            assertThat(answer.id()).isEqualTo(6);
            assertThat(answer.outcome()).isEqualTo(RaftMessage.ForwardAnswer.Outcome.UNKNOWN);
        }
    }

    /** Notes what is to be run when, and runs it when the test says so. */
    private static final class Timers extends ScheduledThreadPoolExecutor {
        final List<Long> nanos = new ArrayList<>();
        private final List<Runnable> tasks = new ArrayList<>();

        Timers() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            nanos.add(unit.toNanos(delay));
            tasks.add(task);
            ScheduledFuture<?> never = super.schedule(() -> {}, 1, TimeUnit.DAYS);
            never.cancel(false);
            return never;
        }

        void runAll() {
            List.copyOf(tasks).forEach(Runnable::run);
        }
    }

    @Test
    void aProposalThatWasTakenIntoTheLogHasAnUnknownOutcomeWhenItFails() {
        Proposal proposal = new Proposal(new byte[1]);
        assertThat(proposal.take()).isTrue();
        proposal.fail("the leader stepped down", null);
        assertThatThrownBy(proposal.result::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void aProposalThatOnlyWaitedWasNotProposedAndIsNotTakenAfterwards() {
        Proposal proposal = new Proposal(new byte[1]);
        proposal.fail("no result in time", null);
        assertThatThrownBy(proposal.result::join).hasCauseInstanceOf(NotProposedException.class);
        assertThat(proposal.take()).isFalse();
    }

    @Test
    void theFirstEndOfAProposalStands() {
        Proposal proposal = new Proposal(new byte[1]);
        proposal.take();
        proposal.complete(new byte[] {7});
        proposal.fail("too late", null);
        assertThat(proposal.result.join()).containsExactly(7);
        CompletableFuture<Object> deadline = new CompletableFuture<>();
        proposal.deadline(deadline);
        assertThat(deadline).as("no timer is left behind").isCancelled();
    }
}
