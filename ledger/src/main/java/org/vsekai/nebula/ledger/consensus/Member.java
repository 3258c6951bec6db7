package org.vsekai.nebula.ledger.consensus;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jgroups.JChannel;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Forward;
import org.vsekai.nebula.ledger.log.LogMetrics;
import org.vsekai.nebula.ledger.log.SegmentedLog;

/**
 * One member of the group that agrees on commands. Any member takes proposals; those that do not lead forward them.
 *
 * <p>Lifecycle: {@link #start} opens the log, applies what is known to be committed and joins; {@link #close} leaves. A member
 * whose log or state machine fails stops itself, leaves, and refuses everything: see {@link #failure()}.
 *
 * <p>Thread safety: everything may be called from any thread, and nothing but start and close blocks. Results are handed out on a thread of
 * the member's; what is attached to them must not block either.
 */
public final class Member implements AutoCloseable {
    private static final int ENTRIES_UNDER_WAY = 2;
    private static final long CATCH_UP_ENTRIES = 256;
    private static final Duration JOIN_PATIENCE = Duration.ofSeconds(30);
    private static final Duration FIRST_JOIN_PAUSE = Duration.ofMillis(200);
    private static final Duration CHANGE_PATIENCE = Duration.ofSeconds(30);

    private final MemberConfig config;
    private final SegmentedLog log;
    private final StrictRaft raft;
    private final Replication replication;
    private final JChannel channel;
    private final ScheduledThreadPoolExecutor deadlines;
    private final ExecutorService answers;
    private final List<Consumer<MemberStatus>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean connected;
    private volatile boolean closed;

    private Member(MemberConfig config, ReplicatedMachine machine, Clock clock, SegmentedLog log) throws Exception {
        this.config = config;
        this.log = log;
        deadlines = new ScheduledThreadPoolExecutor(1, threads("deadlines", config));
        deadlines.setRemoveOnCancelPolicy(true);
        answers = Executors.newSingleThreadExecutor(threads("answers", config));
        replication = new Replication(
                machine,
                log,
                config.limits().within(config.log().entryBytes()),
                clock,
                deadlines,
                this::answer,
                this::statusChanged,
                failure -> leave());
        StrictRaftOptions options = new StrictRaftOptions(
                config.id(),
                config.members(),
                RaftTiming.DEFAULT,
                ENTRIES_UNDER_WAY,
                config.snapshotBytes(),
                config.log().snapshotBytes(),
                MemberConfig.MAX_MEMBERS,
                CATCH_UP_ENTRIES);
        raft = new StrictRaft(log, replication, options, RandomGenerator.getDefault());
        replication.replicateWith(raft);
        channel = new JChannel(MemberStack.protocols(config, raft));
        channel.setName(config.id());
    }

    private static ThreadFactory threads(String purpose, MemberConfig config) {
        return Thread.ofPlatform()
                .daemon()
                .name("ledger-" + purpose + "-" + config.id())
                .factory();
    }

    /**
     * Starts a member and returns once it has joined the others that are there, or is the first. There may be no leader yet.
     *
     * @throws org.vsekai.nebula.ledger.log.CorruptLogException if the log is damaged; nothing was changed
     * @throws org.vsekai.nebula.ledger.log.LogFailedException if the log cannot be read or written
     * @throws MemberStartException if the stack cannot start, or the others do not let this member in within half a minute
     */
    public static Member start(MemberConfig config, ReplicatedMachine machine) throws MemberStartException {
        return start(config, machine, Clock.systemUTC());
    }

    /** @param clock for {@link Stamp#wallMillis()}, which decides nothing */
    public static Member start(MemberConfig config, ReplicatedMachine machine, Clock clock)
            throws MemberStartException {
        SegmentedLog log = SegmentedLog.open(config.folder(), config.log());
        try {
            Member member = new Member(config, machine, clock, log);
            try {
                member.join();
            } catch (Exception e) {
                member.close();
                throw e;
            }
            return member;
        } catch (RuntimeException | MemberStartException e) {
            log.close();
            throw e;
        } catch (Exception e) {
            log.close();
            throw new MemberStartException("member %s cannot start at %s".formatted(config.id(), config.bind()), e);
        }
    }

    /** A member that was killed is refused as its own duplicate until the others have missed the one before. */
    private void join() throws Exception {
        long giveUp = System.nanoTime() + JOIN_PATIENCE.toNanos();
        long pause = FIRST_JOIN_PAUSE.toMillis();
        while (true) {
            try {
                channel.connect(config.cluster());
                connected = true;
                return;
            } catch (SecurityException e) {
                if (System.nanoTime() - giveUp > 0) {
                    throw new MemberStartException(
                            "member %s was not let in for %s: its id is in use, or its secret is not the others'"
                                    .formatted(config.id(), JOIN_PATIENCE),
                            e);
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(2 * pause, 2_000);
            }
        }
    }

    /**
     * Puts a command into the log.
     *
     * @return the state machine's result, or {@link NotProposedException} or {@link OutcomeUnknownException}, at the latest when
     *     the timeout is over
     */
    public CompletableFuture<byte[]> propose(byte[] command, Duration timeout) {
        return replication.propose(command, timeout);
    }

    /**
     * A point to read at: when it completes, the state machine here has seen everything that was committed before the call. It costs
     * an entry of the log, which all barriers and commands of the moment share.
     *
     * @return the index of that entry
     */
    public CompletableFuture<Long> barrier(Duration timeout) {
        return replication.barrier(timeout);
    }

    /** Puts everything applied so far into a snapshot; fails when the member cannot, which halts it, or stops before. */
    public CompletableFuture<Void> snapshot() {
        return replication.snapshot();
    }

    /** Makes a member a voter, which must have been started and is waited for until it has the log; at most half a minute. */
    public CompletableFuture<Void> addMember(String id) {
        MemberConfig.check(id);
        return replication.change(Forward.Kind.ADD_MEMBER, id, CHANGE_PATIENCE);
    }

    /** Takes a member's vote away; it should be stopped then. */
    public CompletableFuture<Void> removeMember(String id) {
        MemberConfig.check(id);
        return replication.change(Forward.Kind.REMOVE_MEMBER, id, CHANGE_PATIENCE);
    }

    public MemberStatus status() {
        StrictRaft.Progress progress = raft.progress();
        LogMetrics metrics = log.metrics();
        return new MemberStatus(
                config.id(),
                progress.role(),
                progress.term(),
                Optional.ofNullable(progress.leader()).map(StrictRaft::raftId),
                progress.commitIndex(),
                progress.lastIndex(),
                replication.applied(),
                progress.snapshotIndex(),
                progress.logBytes(),
                progress.members(),
                progress.matches(),
                metrics.fsyncs(),
                metrics.fsyncNanos(),
                progress.applyNanos(),
                failure().map(Throwable::toString));
    }

    /** Calls the listener, on a thread of the member's, whenever role, term, leader, voters or failure changed. */
    public void onStatus(Consumer<MemberStatus> listener) {
        listeners.add(listener);
    }

    public boolean halted() {
        return raft.failure().isPresent();
    }

    /** Why the member stopped itself: a failed or damaged log, a state machine that failed, or a broken rule of the consensus. */
    public Optional<Throwable> failure() {
        return raft.failure();
    }

    /** Figures of the log. */
    public LogMetrics logMetrics() {
        return log.metrics();
    }

    /** For tests: the next append fails. */
    void failLog() {
        log.close();
    }

    private void statusChanged() {
        if (connected && !listeners.isEmpty()) {
            answer(() -> {
                MemberStatus status = status();
                listeners.forEach(listener -> listener.accept(status));
            });
        }
    }

    private void answer(Runnable task) {
        try {
            answers.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // closing: whoever waits still is told
        }
    }

    /** Leaves the others, from a thread that the stack may wait for. */
    private void leave() {
        Thread.ofPlatform().daemon().name("ledger-leave-" + config.id()).start(channel::close);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // First the thread that takes proposals and writes, so that what is ended and closed behind it stays so.
        closeAll(List.of(
                raft::stop,
                () -> replication.stop("the member is closing", new IllegalStateException("closed")),
                channel::close,
                answers::shutdown,
                deadlines::shutdownNow,
                log::close));
    }

    /** In this order, each whatever becomes of the ones before; the first failure counts. */
    private static void closeAll(List<Runnable> parts) {
        RuntimeException first = null;
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
