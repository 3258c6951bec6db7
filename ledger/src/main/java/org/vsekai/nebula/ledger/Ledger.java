package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

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

    /** Ends the watches and stops the member. */
    @Override
    void close();
}
