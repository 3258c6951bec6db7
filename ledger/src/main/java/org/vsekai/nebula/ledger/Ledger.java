package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.vsekai.nebula.ledger.consensus.MemberConfig;
import org.vsekai.nebula.ledger.consensus.MemberStartException;
import org.vsekai.nebula.ledger.consensus.MemberStatus;
import org.vsekai.nebula.ledger.log.LogMetrics;

/**
 * The ledger, as one member serves it. Any member serves everything; what needs the leader goes there by itself.
 *
 * <p>Failures of the stages: {@link LedgerUnavailableException}, and for commands {@link LedgerOutcomeUnknownException}.
 * None of them hangs past its timeout. Thread-safe; nothing here blocks its caller, and stages complete on virtual threads,
 * which what follows may block.
 */
public interface Ledger extends AutoCloseable {
    /** The longest timeout that a command may have: an id may not be sent again for longer. */
    Duration LONGEST_TIMEOUT = LedgerLimits.ATTEMPT;

    /**
     * Starts a member in its folder and returns once it has joined the others that are there, or is the first. There may be no
     * leader yet.
     *
     * @throws org.vsekai.nebula.ledger.log.CorruptLogException if the folder is damaged: names file and offset, and changes nothing
     * @throws org.vsekai.nebula.ledger.log.LogFailedException if the folder cannot be read or written
     * @throws MemberStartException if the member cannot take part
     */
    static Ledger open(MemberConfig config, LedgerLimits limits) throws MemberStartException {
        return new MemberLedger(config, limits);
    }

    /**
     * Carries the command out exactly once per request id, as long as {@link LedgerLimits} remembers it. What fails on the
     * way is tried again with the same id until time is up.
     *
     * @param timeout more than zero, at most {@link #LONGEST_TIMEOUT}
     */
    CompletionStage<Result> execute(RequestId id, Command command, Duration timeout);

    /** Asks one query of one state. It must not keep the view, nor wait for anything: commands wait for it. */
    <T> CompletionStage<T> read(Consistency consistency, Duration timeout, Function<LedgerView, T> query);

    /**
     * Tells of what is there, as this member knows it, and then of each change.
     *
     * @param maxQueued how many changes may wait for the listener, 1 to 100,000
     * @throws TooManyWatchesException beyond what one member serves
     */
    Watch watch(WatchFilter filter, WatchListener listener, int maxQueued);

    /** What this member knows of itself and, while it leads, of the others. */
    MemberStatus status();

    /** Calls the listener, which must not block, whenever role, term, leader, members or failure changed. */
    void onStatus(Consumer<MemberStatus> listener);

    LogMetrics logMetrics();

    /** Puts everything applied so far into a snapshot, after which the log before it is dropped. */
    CompletionStage<Void> snapshot();

    /** Makes a member a voter that was started before; waits half a minute for it to have the log. */
    CompletionStage<Void> addMember(String id);

    /** Takes a member's vote; stop it then. */
    CompletionStage<Void> removeMember(String id);

    /** Ends the watches and stops the member. */
    @Override
    void close();
}
