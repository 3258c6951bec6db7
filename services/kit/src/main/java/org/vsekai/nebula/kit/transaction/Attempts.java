package org.vsekai.nebula.kit.transaction;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Runs a transaction again for as long as the database asks for it, and says what else its failure means. Thread-safe. */
final class Attempts {
    private final TransactionsConfig config;

    Attempts(TransactionsConfig config) {
        if (config.maxAttempts() < 1) {
            throw new IllegalArgumentException(
                    "nebula.transactions.max-attempts must be at least 1, not " + config.maxAttempts());
        }
        this.config = config;
    }

    /** @param transaction is told what to call right before the commit; called once per run */
    <T> Uni<T> run(Function<Runnable, Uni<T>> transaction) {
        return attempt(transaction, 1);
    }

    private <T> Uni<T> attempt(Function<Runnable, Uni<T>> transaction, int attempt) {
        AtomicBoolean committing = new AtomicBoolean();
        return transaction.apply(() -> committing.set(true)).onFailure().recoverWithUni(failure -> {
            if (DatabaseFailure.asksForRetry(failure)) {
                return attempt < config.maxAttempts()
                        ? pause(attempt).chain(() -> attempt(transaction, attempt + 1))
                        : Uni.createFrom().failure(() -> new ContentionException(attempt, failure));
            }
            if (committing.get() && DatabaseFailure.leavesCommitOpen(failure)) {
                return Uni.createFrom().failure(() -> new OutcomeUnknownException(failure));
            }
            if (DatabaseFailure.isUnavailable(failure)) {
                return Uni.createFrom().failure(() -> new DatabaseUnavailableException(failure));
            }
            return Uni.createFrom().failure(failure);
        });
    }

    private Uni<Void> pause(int attempt) {
        long longestMillis = Math.min(
                config.maxBackoff().toMillis(), config.initialBackoff().toMillis() << Math.min(attempt - 1, 20));
        // Full jitter: two transactions that collided must not meet again at the same moment.
        Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(longestMillis + 1) + 1);
        return Uni.createFrom().voidItem().onItem().delayIt().by(pause);
    }
}
