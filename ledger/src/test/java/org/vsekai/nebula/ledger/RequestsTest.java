package org.vsekai.nebula.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vsekai.nebula.ledger.consensus.NotProposedException;
import org.vsekai.nebula.ledger.consensus.OutcomeUnknownException;
import org.vsekai.nebula.ledger.consensus.Stamp;
import org.vsekai.nebula.ledger.machine.LedgerMachine;

/** Over one machine that is called directly, by way of a member whose troubles are written down beforehand. */
@Timeout(30)
class RequestsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private enum Trouble {
        NOT_PROPOSED,
        /** The command is lost with its leader. */
        LOST,
        /** The command is carried out, and its answer is lost. */
        ANSWER_LOST
    }

    private final AtomicLong nanos = new AtomicLong();
    private final LedgerMachine machine = new LedgerMachine(nanos::get);
    private final Troubled member = new Troubled();
    private final Requests ledger = new Requests(member::propose, member::barrier, machine, LedgerLimits.DEFAULT);

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void aCommandCountsOnceWhateverHappensOnTheWay() throws Exception {
        member.troubles(Trouble.NOT_PROPOSED, Trouble.ANSWER_LOST, Trouble.LOST, Trouble.ANSWER_LOST);
        assertThat(result(add(LONG))).isEqualTo(new Result.CounterValue(1));
        assertThat(member.index).isEqualTo(3);
        assertThat(result(add(LONG))).isEqualTo(new Result.CounterValue(2));
    }

    @Test
    void whatWasNeverProposedFailsAsUnavailable() {
        member.always(Trouble.NOT_PROPOSED);
        assertThatThrownBy(() -> result(add(SHORT))).hasCauseInstanceOf(LedgerUnavailableException.class);
        assertThat(member.index).isZero();
    }

    @Test
    void whatMayHaveHappenedFailsAsUnknown() {
        RequestId id = RequestId.random();
        member.troubles(Trouble.LOST);
        member.always(Trouble.NOT_PROPOSED);
        assertThatThrownBy(() -> result(ledger.execute(id, new Command.AddToCounter("c", 1), SHORT)))
                .cause()
                .isInstanceOfSatisfying(LedgerOutcomeUnknownException.class, e -> assertThat(e.requestId())
                        .isEqualTo(id));
    }

    @Test
    void aMemberThatIsFarBehindTriesUntilItHasCaughtUp() {
        machine.endBatch(1, new Stamp(1_000_000, 0));
        member.index = 1;
        member.millis = 2_000_000;
        // The first attempt looks 1,000 s old; applying it tells the member what time it is.
        assertThat(ledger.execute(RequestId.random(), new Command.AddToCounter("c", 1), LONG))
                .succeedsWithin(LONG)
                .isEqualTo(new Result.CounterValue(1));
        assertThat(member.index).isEqualTo(3);
    }

    @Test
    void aLinearisableReadWaitsForTheBarrierAndAStaleOneDoesNot() throws Exception {
        result(add(LONG));
        member.always(Trouble.NOT_PROPOSED);
        nanos.addAndGet(Duration.ofSeconds(7).toNanos());
        assertThat(ledger.read(Consistency.STALE, SHORT, view -> view.counter("c") + "," + view.sinceLastStamp()))
                .succeedsWithin(LONG)
                .isEqualTo("1,PT7S");
        assertThatThrownBy(() -> ledger.read(Consistency.LINEARIZABLE, SHORT, view -> view.counter("c"))
                        .toCompletableFuture()
                        .get())
                .hasCauseInstanceOf(LedgerUnavailableException.class);
    }

    /** A message between members can be lost; then nothing is heard for all the time that the try has. */
    @Test
    void oneTryMayNotTakeAllTheTimeThereIs() throws Exception {
        member.troubles(Trouble.LOST, Trouble.ANSWER_LOST);
        assertThat(result(add(LONG))).isEqualTo(new Result.CounterValue(1));
        assertThat(member.timeouts.getFirst()).isEqualTo(Requests.FIRST_TRY);
        assertThat(member.timeouts.get(1))
                .as("who is slow and not lost is given longer")
                .isEqualTo(Requests.FIRST_TRY.multipliedBy(2));
        assertThat(result(add(SHORT))).isEqualTo(new Result.CounterValue(2));
        assertThat(member.timeouts.getLast()).isLessThanOrEqualTo(SHORT);
    }

    @Test
    void aTimeoutOutOfBoundsIsRefused() {
        assertThatThrownBy(() -> add(Duration.ZERO)).isInstanceOf(InvalidCommandException.class);
        assertThatThrownBy(() -> add(Duration.ofSeconds(61))).isInstanceOf(InvalidCommandException.class);
    }

    private CompletionStage<Result> add(Duration timeout) {
        return ledger.execute(RequestId.random(), new Command.AddToCounter("c", 1), timeout);
    }

    private static Result result(CompletionStage<Result> stage) throws ExecutionException, InterruptedException {
        try {
            return stage.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private final class Troubled {
        private final Deque<Trouble> troubles = new ArrayDeque<>();
        private @Nullable Trouble always;
        private final List<Duration> timeouts = new ArrayList<>();
        long index;
        long millis = 1_000;

        synchronized void troubles(Trouble... next) {
            troubles.addAll(List.of(next));
        }

        synchronized void always(Trouble trouble) {
            always = trouble;
        }

        synchronized CompletableFuture<byte[]> propose(byte[] command, Duration timeout) {
            timeouts.add(timeout);
            Trouble trouble = troubles.isEmpty() ? always : troubles.remove();
            if (trouble == Trouble.NOT_PROPOSED) {
                return CompletableFuture.failedFuture(new NotProposedException("no leader"));
            }
            if (trouble == Trouble.LOST) {
                return CompletableFuture.failedFuture(new OutcomeUnknownException("leader lost"));
            }
            Stamp stamp = new Stamp(millis, 0);
            byte[] result = machine.apply(++index, stamp, command);
            machine.endBatch(index, stamp);
            return trouble == Trouble.ANSWER_LOST
                    ? CompletableFuture.failedFuture(new OutcomeUnknownException("leader lost"))
                    : CompletableFuture.completedFuture(result);
        }

        synchronized CompletableFuture<Long> barrier(Duration timeout) {
            return always == null
                    ? CompletableFuture.completedFuture(index)
                    : CompletableFuture.failedFuture(new NotProposedException("no leader"));
        }
    }
}
