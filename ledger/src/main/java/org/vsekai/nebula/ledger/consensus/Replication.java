package org.vsekai.nebula.ledger.consensus;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Forward;
import org.vsekai.nebula.ledger.consensus.RaftMessage.ForwardAnswer;
import org.vsekai.nebula.ledger.log.SegmentedLog;

/**
 * Between callers and {@link StrictRaft}: gathers what is proposed into entries, forwards it when another member leads, feeds
 * committed entries to the state machine and hands results to whoever waits. Every wait ends at its deadline, and at once when
 * the leader that it depends on is lost.
 */
final class Replication implements Replica {
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

    /** A leader answers a change that it gives up only at the end of its time; that answer says more than none. */
    private static final Duration CHANGE_ANSWER = Duration.ofSeconds(2);

    private final ReplicatedMachine machine;
    private final SegmentedLog log;
    private final ProposalLimits limits;
    private final Clock clock;
    private final ScheduledExecutorService deadlines;

    /** Where results are handed out, so that no caller's code runs on the consensus' thread. */
    private final Executor answers;

    private final Runnable statusChange;
    private final java.util.function.Consumer<Throwable> haltListener;
    private @Nullable StrictRaft raft;

    private final Object lock = new Object();
    private final ArrayDeque<Proposal> waiting = new ArrayDeque<>(); // under lock
    private long waitingBytes; // under lock
    private boolean leading; // under lock

    private final Map<Long, List<Proposal>> inLog = new HashMap<>(); // under lock
    private final AtomicLong forwardIds = new AtomicLong();
    private final ConcurrentHashMap<Long, Forwarded> forwarded = new ConcurrentHashMap<>();
    private final TreeMap<Long, List<CompletableFuture<Long>>> appliedWaiters = new TreeMap<>(); // under itself

    private volatile long applied;
    private volatile @Nullable Throwable halted;

    private long leadingSinceNanos; // consensus thread
    private long leadingFromMillis; // consensus thread

    Replication(
            ReplicatedMachine machine,
            SegmentedLog log,
            ProposalLimits limits,
            Clock clock,
            ScheduledExecutorService deadlines,
            Executor answers,
            Runnable statusChange,
            java.util.function.Consumer<Throwable> haltListener) {
        this.machine = machine;
        this.log = log;
        this.limits = limits;
        this.clock = clock;
        this.deadlines = deadlines;
        this.answers = answers;
        this.statusChange = statusChange;
        this.haltListener = haltListener;
    }

    void replicateWith(StrictRaft protocol) {
        raft = protocol;
    }

    private StrictRaft raft() {
        return Objects.requireNonNull(raft, "not wired");
    }

    long applied() {
        return applied;
    }

    // ------------------------------------------------------------------ callers

    CompletableFuture<byte[]> propose(byte[] command, Duration timeout) {
        if (command.length > limits.commandBytes()) {
            return CompletableFuture.failedFuture(new NotProposedException(
                    "a command of %d bytes, %d are allowed".formatted(command.length, limits.commandBytes())));
        }
        return ask(Forward.Kind.COMMAND, command, timeout);
    }

    CompletableFuture<Long> barrier(Duration timeout) {
        Duration bounded = bounded(timeout);
        long end = System.nanoTime() + bounded.toNanos();
        return ask(Forward.Kind.BARRIER, new byte[0], bounded)
                .thenCompose(index -> whenApplied(
                        ByteBuffer.wrap(index).getLong(),
                        Duration.ofNanos(Math.max(1, end - System.nanoTime())),
                        bounded));
    }

    CompletableFuture<Void> snapshot() {
        return handedOut(raft().wishSnapshot());
    }

    /** What is attached runs where results are handed out, with a failure as well. */
    private <T> CompletableFuture<T> handedOut(CompletableFuture<T> result) {
        return result.whenCompleteAsync((value, failure) -> {}, answers);
    }

    CompletableFuture<Void> change(Forward.Kind kind, String member, Duration timeout) {
        return ask(kind, member.getBytes(StandardCharsets.UTF_8), timeout).thenApply(done -> null);
    }

    private CompletableFuture<byte[]> ask(Forward.Kind kind, byte[] content, Duration timeout) {
        Throwable failure = halted;
        if (failure != null) {
            return CompletableFuture.failedFuture(new NotProposedException("the member halted: " + failure, failure));
        }
        Address leader = raft().leader();
        if (leader == null) {
            return CompletableFuture.failedFuture(new NotProposedException("no leader is known"));
        }
        Duration bounded = bounded(timeout);
        return leader.equals(raft().getAddress())
                ? askHere(kind, content, bounded)
                : forward(leader, kind, content, bounded);
    }

    private static Duration bounded(Duration timeout) {
        return timeout.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : timeout;
    }

    private CompletableFuture<byte[]> askHere(Forward.Kind kind, byte[] content, Duration timeout) {
        return switch (kind) {
            case COMMAND -> enqueue(new Proposal(content), timeout);
            case BARRIER -> enqueue(new Proposal(null), timeout);
            case ADD_MEMBER -> changeHere(InternalCommand.Type.addServer, content, timeout);
            case REMOVE_MEMBER -> changeHere(InternalCommand.Type.removeServer, content, timeout);
        };
    }

    private CompletableFuture<byte[]> changeHere(InternalCommand.Type type, byte[] member, Duration timeout) {
        CompletableFuture<Void> changed =
                raft().change(type, new String(member, StandardCharsets.UTF_8), System.nanoTime() + timeout.toNanos());
        CompletableFuture<byte[]> result = handedOut(changed).thenApply(done -> new byte[0]);
        // The leader gives up a learner that does not catch up by itself, so only what is in the log is left by then.
        Future<?> deadline = deadline(
                timeout.plusSeconds(1),
                () -> result.completeExceptionally(
                        new OutcomeUnknownException("the change was not committed within " + timeout)));
        return result.whenComplete((value, e) -> deadline.cancel(false));
    }

    private CompletableFuture<byte[]> enqueue(Proposal proposal, Duration timeout) {
        synchronized (lock) {
            if (!leading || halted != null) {
                proposal.fail("this member does not lead", null);
                return proposal.result;
            }
            if (waiting.size() >= limits.waiting() || waitingBytes + proposal.bytes() > limits.waitingBytes()) {
                proposal.fail("%d proposals of %d bytes are waiting".formatted(waiting.size(), waitingBytes), null);
                return proposal.result;
            }
            waiting.add(proposal);
            waitingBytes += proposal.bytes();
        }
        proposal.deadline(deadline(timeout, () -> proposal.fail("no result within " + timeout, null)));
        raft().wake();
        return proposal.result;
    }

    private Future<?> deadline(Duration timeout, Runnable task) {
        return deadlines.schedule(task, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Completes when the state machine here has seen that entry. */
    private CompletableFuture<Long> whenApplied(long index, Duration left, Duration timeout) {
        CompletableFuture<Long> reached = new CompletableFuture<>();
        synchronized (appliedWaiters) {
            if (applied >= index) {
                return CompletableFuture.completedFuture(index);
            }
            if (halted != null) {
                return CompletableFuture.failedFuture(new NotProposedException("the member halted", halted));
            }
            appliedWaiters.computeIfAbsent(index, at -> new ArrayList<>()).add(reached);
        }
        Future<?> deadline = deadline(left, () -> {
            if (reached.completeExceptionally(
                    new NotProposedException("entry %d was not applied here within %s".formatted(index, timeout)))) {
                synchronized (appliedWaiters) {
                    appliedWaiters.computeIfPresent(index, (at, others) -> {
                        others.remove(reached);
                        return others.isEmpty() ? null : others;
                    });
                }
            }
        });
        return reached.whenComplete((at, e) -> deadline.cancel(false));
    }

    // ------------------------------------------------------------------ forwarding

    private CompletableFuture<byte[]> forward(Address leader, Forward.Kind kind, byte[] content, Duration timeout) {
        if (forwarded.size() >= limits.forwarded()) {
            return CompletableFuture.failedFuture(
                    new NotProposedException(limits.forwarded() + " proposals wait for the leader's answer"));
        }
        long id = forwardIds.incrementAndGet();
        Forwarded call = new Forwarded(leader, new CompletableFuture<>());
        forwarded.put(id, call);
        if (!leader.equals(raft().leader())) { // the sweep of leaderChanged may have passed before
            forwarded.remove(id);
            return CompletableFuture.failedFuture(new NotProposedException("the leader changed"));
        }
        boolean change = kind == Forward.Kind.ADD_MEMBER || kind == Forward.Kind.REMOVE_MEMBER;
        Future<?> deadline = deadline(change ? timeout.plus(CHANGE_ANSWER) : timeout, () -> {
            forwarded.remove(id);
            // Also when it was there no more: its answer may wait behind one that does not end.
            call.result()
                    .completeExceptionally(new OutcomeUnknownException("no answer of the leader within " + timeout));
        });
        raft().tell(leader, new Forward(id, kind, timeout.toMillis(), ByteBuffer.wrap(content)));
        return call.result().whenComplete((value, e) -> deadline.cancel(false));
    }

    @Override
    public void received(Address from, RaftMessage message) {
        switch (message) {
            case Forward request -> serve(from, request);
            case ForwardAnswer answer -> answered(from, answer);
            case RaftMessage.Consensus other -> throw new IllegalArgumentException("not for callers: " + other);
        }
    }

    private void serve(Address from, Forward request) {
        byte[] content = bytes(request.content());
        Duration timeout = bounded(Duration.ofMillis(request.timeoutMillis()));
        CompletableFuture<byte[]> result;
        if (content.length > limits.commandBytes()) {
            result =
                    CompletableFuture.failedFuture(new NotProposedException("the command is too large for the leader"));
        } else {
            result = askHere(request.kind(), content, timeout);
        }
        var unused = result.whenComplete((value, e) -> raft().tell(from, answer(request.id(), value, e)));
    }

    private static ForwardAnswer answer(long id, byte @Nullable [] value, @Nullable Throwable e) {
        if (e == null) {
            return new ForwardAnswer(id, ForwardAnswer.Outcome.DONE, ByteBuffer.wrap(Objects.requireNonNull(value)));
        }
        Throwable cause =
                e instanceof java.util.concurrent.CompletionException && e.getCause() != null ? e.getCause() : e;
        ByteBuffer reason = ByteBuffer.wrap(String.valueOf(cause.getMessage()).getBytes(StandardCharsets.UTF_8));
        return new ForwardAnswer(
                id,
                cause instanceof NotProposedException
                        ? ForwardAnswer.Outcome.NOT_PROPOSED
                        : ForwardAnswer.Outcome.UNKNOWN,
                reason);
    }

    private void answered(Address from, ForwardAnswer answer) {
        Forwarded call = forwarded.get(answer.id());
        if (call == null || !call.leader().equals(from) || forwarded.remove(answer.id()) == null) {
            return; // too late
        }
        byte[] content = bytes(answer.content());
        answers.execute(() -> {
            switch (answer.outcome()) {
                case DONE -> call.result().complete(content);
                case NOT_PROPOSED ->
                    call.result()
                            .completeExceptionally(
                                    new NotProposedException(new String(content, StandardCharsets.UTF_8)));
                case UNKNOWN ->
                    call.result()
                            .completeExceptionally(
                                    new OutcomeUnknownException(new String(content, StandardCharsets.UTF_8)));
            }
        });
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    // ------------------------------------------------------------------ the consensus' side

    @Override
    public byte[] firstEntry(long index) {
        leadingFromMillis = lastStampBefore(index);
        leadingSinceNanos = System.nanoTime();
        return Batch.encode(stamp(), List.of());
    }

    /** Entries of the last leader that are not applied yet may bear later stamps than the state machine knows. */
    private long lastStampBefore(long index) {
        for (long at = index - 1; at > applied; at--) {
            LogEntry entry = log.get(at);
            if (entry != null && !entry.internal()) {
                return Batch.decode(entry).stamp().ledgerMillis();
            }
        }
        return machine.ledgerMillis();
    }

    private Stamp stamp() {
        return new Stamp(ledgerNow(), clock.millis());
    }

    private long ledgerNow() {
        return leadingFromMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - leadingSinceNanos);
    }

    @Override
    public byte @Nullable [] nextEntry(long index) {
        List<Proposal> taken = new ArrayList<>();
        List<byte[]> commands = new ArrayList<>();
        long bytes = 0;
        synchronized (lock) {
            for (Proposal next = waiting.peek(); next != null; next = waiting.peek()) {
                if (!taken.isEmpty()
                        && (taken.size() >= limits.batchCommands() || bytes + next.bytes() > limits.batchBytes())) {
                    break;
                }
                waiting.remove();
                waitingBytes -= next.bytes();
                if (next.take()) {
                    taken.add(next);
                    bytes += next.bytes();
                    if (next.command != null) {
                        commands.add(next.command);
                    }
                }
            }
            if (taken.isEmpty() && !isDue()) {
                return null;
            }
            inLog.put(
                    index, taken); // in the same step, so that whoever ends everything finds each proposal in one place
        }
        return Batch.encode(stamp(), commands);
    }

    /** Under the lock. */
    private boolean isDue() {
        OptionalLong due = machine.nextDueMillis();
        return due.isPresent() && inLog.isEmpty() && due.getAsLong() <= ledgerNow();
    }

    @Override
    public void apply(long index, LogEntry entry) {
        Batch batch = Batch.decode(entry);
        List<byte[]> results = new ArrayList<>(batch.commands().size());
        for (byte[] command : batch.commands()) {
            results.add(machine.apply(index, batch.stamp(), command));
        }
        machine.endBatch(index, batch.stamp());
        applied = index;
        List<Proposal> proposals;
        synchronized (lock) {
            proposals = inLog.remove(index);
        }
        List<CompletableFuture<Long>> reached = reached(index);
        if (proposals != null && !proposals.isEmpty() || !reached.isEmpty()) {
            answers.execute(() -> {
                if (proposals != null) {
                    hand(index, results, proposals);
                }
                reached.forEach(waiter -> waiter.complete(index));
            });
        }
    }

    @Override
    public void passOver(long index) {
        applied = index;
        tell(reached(index), index);
    }

    private void tell(List<CompletableFuture<Long>> reached, long index) {
        if (!reached.isEmpty()) {
            answers.execute(() -> reached.forEach(waiter -> waiter.complete(index)));
        }
    }

    private static void hand(long index, List<byte[]> results, List<Proposal> proposals) {
        int at = 0;
        for (Proposal proposal : proposals) {
            proposal.complete(
                    proposal.command == null
                            ? ByteBuffer.allocate(8).putLong(index).array()
                            : results.get(at++));
        }
    }

    private List<CompletableFuture<Long>> reached(long index) {
        synchronized (appliedWaiters) {
            if (appliedWaiters.isEmpty()) {
                return List.of();
            }
            List<CompletableFuture<Long>> reached = new ArrayList<>();
            Map<Long, List<CompletableFuture<Long>>> through = appliedWaiters.headMap(index, true);
            through.values().forEach(reached::addAll);
            through.clear();
            return reached;
        }
    }

    @Override
    public void writeSnapshot(DataOutput out) throws IOException {
        machine.writeSnapshot(out);
    }

    @Override
    public void readSnapshot(long index, DataInput in) throws IOException {
        machine.readSnapshot(in);
        applied = index;
        tell(reached(index), index);
    }

    @Override
    public void leadershipLost(String reason) {
        failOwn(reason, null);
    }

    private void failOwn(String reason, @Nullable Throwable cause) {
        List<Proposal> lost = new ArrayList<>();
        synchronized (lock) {
            leading = false;
            lost.addAll(waiting);
            waiting.clear();
            waitingBytes = 0;
            inLog.values().forEach(lost::addAll);
            inLog.clear();
        }
        if (!lost.isEmpty()) {
            answers.execute(() -> lost.forEach(proposal -> proposal.fail(reason, cause)));
        }
    }

    @Override
    public void leaderChanged(@Nullable Address leader) {
        synchronized (lock) {
            leading = halted == null && leader != null && leader.equals(raft().getAddress());
        }
        failForwarded(leader, "the leader that took the proposal was lost", null);
    }

    private void failForwarded(@Nullable Address except, String reason, @Nullable Throwable cause) {
        forwarded.forEach((id, call) -> {
            if (!call.leader().equals(except) && forwarded.remove(id, call)) {
                answers.execute(() -> call.result().completeExceptionally(new OutcomeUnknownException(reason, cause)));
            }
        });
    }

    @Override
    public void statusChanged() {
        statusChange.run();
    }

    @Override
    public void halted(Throwable failure) {
        stop("the member halted: " + failure, failure);
        haltListener.accept(failure);
    }

    /** Ends every wait; nothing is taken any more. */
    void stop(String reason, Throwable cause) {
        halted = cause;
        failOwn(reason, cause);
        failForwarded(null, reason, cause);
        List<CompletableFuture<Long>> unreached = reached(Long.MAX_VALUE);
        if (!unreached.isEmpty()) {
            answers.execute(() ->
                    unreached.forEach(waiter -> waiter.completeExceptionally(new NotProposedException(reason, cause))));
        }
    }

    private record Forwarded(Address leader, CompletableFuture<byte[]> result) {}
}
