package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.consensus.NotProposedException;
import org.vsekai.nebula.ledger.consensus.OutcomeUnknownException;
import org.vsekai.nebula.ledger.machine.CommandCodec;
import org.vsekai.nebula.ledger.machine.Envelope;
import org.vsekai.nebula.ledger.machine.LedgerMachine;
import org.vsekai.nebula.ledger.machine.MalformedDataException;
import org.vsekai.nebula.ledger.machine.ResultCodec;

/**
 * Commands and reads over one member: tried again, with the same request id, until they are answered or time is up. That
 * counts once because the state machine remembers the id for longer than anybody may try.
 */
final class Requests implements AutoCloseable {
    /** The most commands and reads that may be under way at one member, those that wait for another try among them. */
    static final int MOST_UNDER_WAY = 50_000;

    /**
     * How long one try may take before the next, and then twice as long each time: a message between members can be lost, and
     * a member that is slow needs longer than one that has nothing to answer.
     */
    static final Duration FIRST_TRY = Duration.ofSeconds(2);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    private final BiFunction<byte[], Duration, CompletableFuture<byte[]>> propose;
    private final Function<Duration, CompletableFuture<Long>> barrier;
    private final LedgerMachine machine;
    private final LedgerLimits limits;
    private final AtomicInteger underWay = new AtomicInteger();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("ledger-", 0).factory());

    private volatile boolean closed;

    /**
     * @param propose as {@link org.vsekai.nebula.ledger.consensus.Member#propose}
     * @param barrier as {@link org.vsekai.nebula.ledger.consensus.Member#barrier}
     */
    Requests(
            BiFunction<byte[], Duration, CompletableFuture<byte[]>> propose,
            Function<Duration, CompletableFuture<Long>> barrier,
            LedgerMachine machine,
            LedgerLimits limits) {
        this.propose = propose;
        this.barrier = barrier;
        this.machine = machine;
        this.limits = limits;
    }

    /** As {@link Ledger#execute}. */
    CompletionStage<Result> execute(RequestId id, Command command, Duration timeout) {
        // Sent anew with each attempt: how old an attempt is, is what the state machine looks at.
        return new Tries<Result>(timeout, cause -> new LedgerOutcomeUnknownException(id, cause)) {
            @Override
            CompletableFuture<Result> once(Duration left, long seenMillis) {
                Envelope envelope = new Envelope(id, seenMillis, limits, command);
                return propose.apply(CommandCodec.encode(envelope), left).thenApplyAsync(Requests::decoded, threads);
            }
        }.start();
    }

    /** As {@link Ledger#read}. */
    <T> CompletionStage<T> read(Consistency consistency, Duration timeout, Function<LedgerView, T> query) {
        return new Tries<T>(timeout, cause -> new LedgerUnavailableException("the read was not answered", cause)) {
            @Override
            CompletableFuture<T> once(Duration left, long seenMillis) {
                return switch (consistency) {
                    case LINEARIZABLE -> barrier.apply(left).thenApplyAsync(index -> query(left(), query), threads);
                    case STALE -> CompletableFuture.supplyAsync(() -> query(left(), query), threads);
                };
            }
        }.start();
    }

    /** What is under way fails at its next failure instead of being tried again. */
    @Override
    public void close() {
        closed = true;
    }

    private <T> T query(Duration left, Function<LedgerView, T> query) {
        try {
            return machine.read(left, query);
        } catch (TimeoutException e) {
            throw new LedgerUnavailableException("the member was busy: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerUnavailableException("the member is stopping", e);
        }
    }

    private static Result decoded(byte[] result) {
        try {
            Result decoded = ResultCodec.decode(result);
            if (decoded instanceof Result.RequestExpired) {
                throw new NotProposedException("this member is too far behind the leader");
            }
            return decoded;
        } catch (MalformedDataException e) {
            throw new IllegalStateException("the leader answered what is no result of this version", e);
        }
    }

    /** One question, asked until it is answered or its time is up. Only one attempt is under way at a time. */
    private abstract class Tries<T> {
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final Function<Throwable, LedgerException> unknown;
        private final Duration timeout;
        private final long deadlineNanos;
        private Duration pause = FIRST_PAUSE;
        private Duration patience = FIRST_TRY;
        private boolean mayHaveHappened;

        Tries(Duration timeout, Function<Throwable, LedgerException> unknown) {
            Rules.range("timeout", timeout.toMillis(), 1, Ledger.LONGEST_TIMEOUT.toMillis());
            this.timeout = timeout;
            this.deadlineNanos = System.nanoTime() + timeout.toNanos();
            this.unknown = unknown;
        }

        /** @param seenMillis the ledger time that was known when there was still time */
        abstract CompletableFuture<T> once(Duration left, long seenMillis);

        final CompletionStage<T> start() {
            if (underWay.incrementAndGet() > MOST_UNDER_WAY) {
                underWay.decrementAndGet();
                return CompletableFuture.failedFuture(new LedgerUnavailableException(
                        "this member already has %d questions under way, its limit".formatted(MOST_UNDER_WAY), null));
            }
            var _ = answer.whenComplete((result, failure) -> underWay.decrementAndGet());
            attempt(null);
            return answer;
        }

        final Duration left() {
            return Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
        }

        /** @param before why the try before failed */
        private void attempt(@Nullable Throwable before) {
            if (answer.isDone()) {
                return;
            }
            long seenMillis =
                    machine.ledgerMillis(); // before the clock, so that no try looks younger than the deadline
            if (before != null && System.nanoTime() - deadlineNanos >= 0) {
                giveUp(before);
                return;
            }
            Duration left = left();
            Duration now = left.compareTo(patience) < 0 ? left : patience;
            patience = patience.multipliedBy(2);
            var _ = once(now, seenMillis).whenCompleteAsync(this::attempted, threads);
        }

        private void attempted(T result, @Nullable Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause == null) {
                answer.complete(result);
                return;
            }
            if (cause instanceof OutcomeUnknownException) {
                mayHaveHappened = true;
            } else if (!(cause instanceof NotProposedException)) {
                answer.completeExceptionally(cause);
                return;
            }
            long leftMillis = left().toMillis();
            long pauseMillis = ThreadLocalRandom.current().nextLong(pause.toMillis() / 2, pause.toMillis() + 1);
            if (closed || leftMillis <= pauseMillis) {
                giveUp(cause);
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS, threads)
                    .execute(() -> attempt(cause));
        }

        private void giveUp(Throwable cause) {
            if (mayHaveHappened) {
                answer.completeExceptionally(unknown.apply(cause));
            } else {
                answer.completeExceptionally(new LedgerUnavailableException(
                        "no majority within %s: %s".formatted(timeout, cause.getMessage()), cause));
            }
        }
    }
}
