package org.vsekai.nebula.ledger.consensus;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A command or barrier that waits for its entry and then for its result. */
final class Proposal {
    private enum Stage {
        WAITING,
        TAKEN,
        ENDED
    }

    /** Null for a barrier, which is answered with the index of its entry. */
    final byte @Nullable [] command;

    final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
    private volatile @Nullable Future<?> deadline;

    Proposal(byte @Nullable [] command) {
        this.command = command;
    }

    int bytes() {
        return command == null ? 0 : command.length + ProposalLimits.COMMAND_HEAD_BYTES;
    }

    void deadline(Future<?> task) {
        deadline = task;
        if (stage.get() == Stage.ENDED) {
            task.cancel(false);
        }
    }

    /** From now on its outcome is the log's. False if it is over already. */
    boolean take() {
        return stage.compareAndSet(Stage.WAITING, Stage.TAKEN);
    }

    void complete(byte[] value) {
        if (end()) {
            result.complete(value);
        }
    }

    /** What is known of a proposal that gets no result depends on whether it was taken. */
    void fail(String reason, @Nullable Throwable cause) {
        Stage before = stage.getAndSet(Stage.ENDED);
        if (before == Stage.ENDED) {
            return;
        }
        cancelDeadline();
        result.completeExceptionally(
                before == Stage.TAKEN
                        ? new OutcomeUnknownException(reason, cause)
                        : new NotProposedException(reason, cause));
    }

    private boolean end() {
        boolean first = stage.getAndSet(Stage.ENDED) != Stage.ENDED;
        cancelDeadline();
        return first;
    }

    private void cancelDeadline() {
        Future<?> task = deadline;
        if (task != null) {
            task.cancel(false);
        }
    }
}
