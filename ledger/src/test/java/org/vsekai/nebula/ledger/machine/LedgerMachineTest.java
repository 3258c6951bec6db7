package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.InvalidCommandException;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.LedgerUnavailableException;
import org.vsekai.nebula.ledger.RequestId;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.WatchEnd;
import org.vsekai.nebula.ledger.WatchFilter;
import org.vsekai.nebula.ledger.WatchListener;
import org.vsekai.nebula.ledger.consensus.Stamp;

class LedgerMachineTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private final Script script = new Script();

    @Test
    void aCounterThatWasNeverSetIsZero() {
        assertThat(script.number(view -> view.counter("visits"))).isZero();
        assertThat(add("visits", 5)).isEqualTo(new Result.CounterValue(5));
        assertThat(add("visits", -7)).isEqualTo(new Result.CounterValue(-2));
    }

    @Test
    void anAddThatWouldOverflowChangesNothing() {
        add("full", Long.MAX_VALUE);
        assertThat(add("full", 1)).isEqualTo(new Result.CounterOverflow(Long.MAX_VALUE));
        add("empty", Long.MIN_VALUE);
        assertThat(add("empty", -1)).isEqualTo(new Result.CounterOverflow(Long.MIN_VALUE));
        assertThat(add("full", Long.MIN_VALUE)).isEqualTo(new Result.CounterValue(-1));
    }

    @Test
    void compareAndSetTellsTheValueThatWasInTheWay() {
        assertThat(script.run(new Command.CompareAndSetCounter("generation", 0, 9)))
                .isEqualTo(new Result.CounterValue(9));
        assertThat(script.run(new Command.CompareAndSetCounter("generation", 0, 10)))
                .isEqualTo(new Result.CounterMismatch(9));
    }

    @Test
    void aCounterAtZeroTakesNoRoom() {
        script.limits = limits(1, 1, 1, 1, 1);
        add("a", 1);
        assertThat(add("b", 1)).isEqualTo(new Result.LimitReached(Result.Limit.COUNTERS, 1));
        assertThat(add("b", 0)).isEqualTo(new Result.CounterValue(0));
        add("a", -1);
        assertThat(add("b", 1)).isEqualTo(new Result.CounterValue(1));
    }

    @Test
    void listsArePagedInTheOrderOfNames() {
        for (String name : List.of("zone/2", "mode/b", "mode/a", "mode/c", "mode")) {
            add(name, 1);
        }
        assertThat(script.list(view -> view.counters("mode/", "", 2)))
                .extracting(Counter::name)
                .containsExactly("mode/a", "mode/b");
        assertThat(script.list(view -> view.counters("mode/", "mode/b", 2)))
                .extracting(Counter::name)
                .containsExactly("mode/c");
        assertThat(script.list(view -> view.counters("", "mode/c", 2)))
                .extracting(Counter::name)
                .containsExactly("zone/2");
        assertThatThrownBy(() -> script.list(view -> view.counters("", "", 1001)))
                .isInstanceOf(InvalidCommandException.class);
    }

    @Test
    void aRetriedCommandCountsOnceAndGetsTheFirstResult() {
        RequestId id = RequestId.random();
        assertThat(script.run(id, new Command.AddToCounter("c", 3))).isEqualTo(new Result.CounterValue(3));
        add("c", 100);
        assertThat(script.run(id, new Command.AddToCounter("c", 3))).isEqualTo(new Result.CounterValue(3));
        assertThat(script.number(view -> view.counter("c"))).isEqualTo(103);
    }

    @Test
    void aRefusalIsRememberedToo() {
        RequestId id = RequestId.random();
        assertThat(script.run(id, new Command.CompareAndSetCounter("c", 7, 8)))
                .isEqualTo(new Result.CounterMismatch(0));
        add("c", 7);
        assertThat(script.run(id, new Command.CompareAndSetCounter("c", 7, 8)))
                .isEqualTo(new Result.CounterMismatch(0));
    }

    @Test
    void aRequestIdIsNotForTwoCommands() {
        RequestId id = RequestId.random();
        script.run(id, new Command.AddToCounter("c", 3));
        assertThat(script.run(id, new Command.AddToCounter("c", 4))).isEqualTo(new Result.RequestReused());
        assertThat(script.run(id, new Command.AddToCounter("c", 3))).isEqualTo(new Result.CounterValue(3));
    }

    @Test
    void aRequestIsRememberedForTheWholeWindowAndNotLonger() {
        RequestId id = RequestId.random();
        long first = script.millis;
        script.run(id, new Command.AddToCounter("c", 1));
        script.millis = first + script.limits.requestWindow().toMillis() - 1;
        assertThat(script.run(id, new Command.AddToCounter("c", 1))).isEqualTo(new Result.CounterValue(1));
        script.millis++;
        assertThat(script.run(id, new Command.AddToCounter("c", 1))).isEqualTo(new Result.CounterValue(2));
    }

    @Test
    void aCommandThatWasTooLongOnItsWayIsRefused() {
        long seen = script.millis;
        script.after(LedgerLimits.ATTEMPT);
        assertThat(script.run(
                        new Envelope(RequestId.random(), seen + 1, script.limits, new Command.AddToCounter("c", 1))))
                .isEqualTo(new Result.CounterValue(1));
        assertThat(script.run(new Envelope(RequestId.random(), seen, script.limits, new Command.AddToCounter("c", 1))))
                .isEqualTo(new Result.RequestExpired());
    }

    /**
     * The caller sends again for a minute, the member that it reaches last tries for a minute, and that try is on its way for a
     * minute; whatever window an older configuration asks for.
     */
    @Test
    void noAttemptIsTakenAfterItsIdWasForgotten() {
        LedgerLimits d = LedgerLimits.DEFAULT;
        script.limits = new LedgerLimits(
                10, 10, 10, 10, 10, d.finishedIntentAge(), 1 << 20, d.requests(), LedgerLimits.ATTEMPT.multipliedBy(2));
        RequestId id = RequestId.random();
        Command command = new Command.AddToCounter("c", 1);
        long first = script.millis;
        assertThat(script.run(id, command)).isEqualTo(new Result.CounterValue(1));
        long lastTry = first + 2 * LedgerLimits.ATTEMPT.toMillis();
        script.millis = lastTry + LedgerLimits.ATTEMPT.toMillis() - 1;
        assertThat(script.run(new Envelope(id, lastTry, script.limits, command)))
                .isEqualTo(new Result.CounterValue(1));
        script.millis++;
        assertThat(script.run(new Envelope(id, lastTry, script.limits, command)))
                .isEqualTo(new Result.RequestExpired());
        assertThat(script.number(view -> view.counter("c"))).isEqualTo(1);
    }

    @Test
    @Timeout(30)
    void afterAFailureInTheMiddleOfAnEntryNobodyWaitsAndNothingIsShown() throws Exception {
        add("c", 1);
        List<WatchEnd> ends = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch ended = new CountDownLatch(2);
        WatchFilter everything = new WatchFilter(EnumSet.allOf(WatchFilter.Kind.class), "");
        WatchListener listener = new WatchListener() {
            @Override
            public void onChange(long index, Change change) {
                // What was there before.
            }

            @Override
            public void onCaughtUp(long index) {
                // Nothing follows.
            }

            @Override
            public void onEnd(WatchEnd end) {
                ends.add(end);
                ended.countDown();
            }
        };
        script.machine.watch(everything, listener, 10);
        Stamp stamp = new Stamp(script.millis, 0);
        script.machine.apply(
                2,
                stamp,
                CommandCodec.encode(new Envelope(
                        RequestId.random(), script.millis, script.limits, new Command.AddToCounter("c", 1))));
        assertThatThrownBy(() -> script.machine.apply(2, stamp, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> script.number(view -> view.counter("c")))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> script.machine.endBatch(2, stamp)).isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(script::snapshot).isInstanceOf(LedgerUnavailableException.class);
        script.machine.watch(everything, listener, 10);
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ends).containsExactly(new WatchEnd.Stopped(), new WatchEnd.Stopped());
        script.machine.stopWatches();
    }

    @Test
    void aFullWindowRefusesNewRequestsAndAnswersOldOnes() {
        script.limits = LedgerLimits.DEFAULT.withRequests(2);
        RequestId first = RequestId.random();
        RequestId refused = RequestId.random();
        script.run(first, new Command.AddToCounter("c", 1));
        add("c", 1);
        assertThat(script.run(refused, new Command.AddToCounter("c", 1))).isEqualTo(new Result.WindowFull(2));
        assertThat(script.run(first, new Command.AddToCounter("c", 1))).isEqualTo(new Result.CounterValue(1));
        script.after(script.limits.requestWindow());
        assertThat(script.run(refused, new Command.AddToCounter("c", 1))).isEqualTo(new Result.CounterValue(3));
    }

    @Test
    void aLeaseIsHeldUntilTheMillisecondInWhichItEnds() {
        Lease lease = acquire("node/a", "a");
        assertThat(script.run(new Command.AcquireLease("node/a", "b", TTL)))
                .isEqualTo(new Result.LeaseHeld("node/a", "a", TTL));
        script.millis = lease.expiresAtMillis() - 1;
        assertThat(script.run(new Command.AcquireLease("node/a", "b", TTL)))
                .isEqualTo(new Result.LeaseHeld("node/a", "a", Duration.ofMillis(1)));
        script.millis++;
        Lease next = acquire("node/a", "b");
        assertThat(next.token()).isGreaterThan(lease.token());
        assertThat(script.run(new Command.RenewLease("node/a", lease.token())))
                .isEqualTo(new Result.LeaseLost("node/a"));
    }

    @Test
    void aRenewedLeaseKeepsItsTokenAndLivesOn() {
        Lease lease = acquire("node/a", "a");
        script.after(Duration.ofSeconds(9));
        Result renewed = script.run(new Command.RenewLease("node/a", lease.token()));
        assertThat(renewed).isInstanceOfSatisfying(Result.LeaseGranted.class, granted -> {
            assertThat(granted.lease().token()).isEqualTo(lease.token());
            assertThat(granted.lease().expiresAtMillis()).isEqualTo(script.millis + TTL.toMillis());
        });
        script.after(Duration.ofSeconds(9));
        assertThat(script.run(new Command.RenewLease("node/a", lease.token()))).isInstanceOf(Result.LeaseGranted.class);
        script.after(Duration.ofSeconds(10));
        assertThat(script.run(new Command.RenewLease("node/a", lease.token())))
                .isEqualTo(new Result.LeaseLost("node/a"));
    }

    @Test
    void theSameHolderGetsANewLeaseAndLosesWhatHungUnderTheOldOne() {
        Lease lease = acquire("node/a", "a");
        claim("zone/1", lease);
        Lease next = acquire("node/a", "a");
        assertThat(next.token()).isGreaterThan(lease.token());
        assertThat(script.find(view -> view.findClaim("zone/1"))).isEmpty();
        assertThat(script.run(new Command.ReleaseLease("node/a", lease.token())))
                .isEqualTo(new Result.LeaseLost("node/a"));
        assertThat(script.run(new Command.ReleaseLease("node/a", next.token()))).isEqualTo(new Result.Released());
    }

    @Test
    void claimsFallWithTheirLease() {
        Lease a = acquire("node/a", "a");
        Lease b = acquire("node/b", "b");
        Claim claim = claim("zone/1", a);
        assertThat(script.run(new Command.ClaimResource("zone/1", "node/b", b.token())))
                .isEqualTo(new Result.ClaimHeld("zone/1", "node/a", claim.token()));
        assertThat(script.list(view -> view.claimsUnder("node/a", "", 10))).containsExactly(claim);
        script.after(Duration.ofSeconds(9)).run(new Command.RenewLease("node/b", b.token()));
        script.after(Duration.ofSeconds(1));
        assertThat(claim("zone/1", b).token()).isGreaterThan(claim.token());
        assertThat(script.run(new Command.ClaimResource("zone/2", "node/a", a.token())))
                .isEqualTo(new Result.LeaseLost("node/a"));
        assertThat(script.run(new Command.ReleaseClaim("zone/1", claim.token())))
                .isEqualTo(new Result.ClaimLost("zone/1"));
    }

    @Test
    void claimingAgainGivesTheNextToken() {
        Lease lease = acquire("node/a", "a");
        Claim first = claim("zone/1", lease);
        Claim second = claim("zone/1", lease);
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(script.run(new Command.ReleaseClaim("zone/1", first.token())))
                .isEqualTo(new Result.ClaimLost("zone/1"));
        assertThat(script.run(new Command.ReleaseClaim("zone/1", second.token())))
                .isEqualTo(new Result.Released());
        assertThat(script.list(view -> view.claimsUnder("node/a", "", 10))).isEmpty();
    }

    @Test
    void anEntryWithoutCommandsEndsLeases() {
        Lease lease = acquire("node/a", "a");
        assertThat(script.machine.nextDueMillis()).hasValue(lease.expiresAtMillis());
        script.millis = lease.expiresAtMillis();
        assertThat(script.find(view -> view.findLease("node/a"))).isPresent();
        script.pass();
        assertThat(script.find(view -> view.findLease("node/a"))).isEmpty();
    }

    @Test
    void ledgerTimeNeverGoesBack() {
        acquire("node/a", "a");
        script.millis += 60_000;
        add("c", 1);
        script.millis -= 60_000;
        add("c", 1);
        assertThat(script.machine.ledgerMillis()).isEqualTo(61_000);
        assertThat(script.find(view -> view.findLease("node/a"))).isEmpty();
    }

    @Test
    void aWriterFinishesItsIntentWhileItsLeaseLives() {
        Lease lease = acquire("node/a", "a");
        UUID id = UUID.randomUUID();
        long token = begin(id, lease);
        assertThat(token).isGreaterThan(lease.token());
        assertThat(script.run(new Command.CommitIntent(id, token + 1))).isEqualTo(new Result.IntentNotYours(id));
        assertThat(script.run(new Command.CommitIntent(id, token)))
                .isEqualTo(new Result.IntentFinished(id, Intent.State.COMMITTED));
        assertThat(script.run(new Command.AbortIntent(id, token, "late")))
                .isEqualTo(new Result.IntentNotPending(id, Intent.State.COMMITTED));
        assertThat(script.run(begin(id, "publish", lease))).isEqualTo(new Result.IntentExists(id));
    }

    @Test
    void onlyRecoveryFinishesWhatADeadWriterLeft() {
        Lease writer = acquire("node/a", "a");
        Lease other = acquire("node/b", "b");
        Claim early = claim(Intent.RECOVERY, other);
        UUID id = UUID.randomUUID();
        long token = begin(id, writer);
        Claim late = claim(Intent.RECOVERY, other);
        assertThat(script.run(new Command.AbortIntent(id, early.token(), "dead")))
                .isEqualTo(new Result.IntentNotYours(id));
        assertThat(script.run(new Command.AbortIntent(id, late.token(), "dead")))
                .isEqualTo(new Result.WriterAlive(id, "node/a"));
        script.run(new Command.ReleaseLease("node/a", writer.token()));
        assertThat(script.run(new Command.CommitIntent(id, token))).isEqualTo(new Result.LeaseLost("node/a"));
        assertThat(script.run(new Command.AbortIntent(id, late.token(), "dead")))
                .isEqualTo(new Result.IntentFinished(id, Intent.State.ABORTED));
        assertThat(script.find(view -> view.findIntent(id)).orElseThrow().reason())
                .contains("dead");
    }

    @Test
    void aClaimOlderThanTheIntentCouldNotFenceItsWriterOut() {
        Lease recovery = acquire("node/b", "b");
        Claim claim = claim(Intent.RECOVERY, recovery);
        Lease writer = acquire("node/a", "a");
        UUID id = UUID.randomUUID();
        long token = begin(id, writer);
        script.run(new Command.ReleaseLease("node/a", writer.token()));
        assertThat(script.run(new Command.CommitIntent(id, claim.token())))
                .isEqualTo(new Result.ClaimTooOld(id, token));
        Claim again = claim(Intent.RECOVERY, recovery);
        assertThat(script.run(new Command.CommitIntent(id, again.token())))
                .isEqualTo(new Result.IntentFinished(id, Intent.State.COMMITTED));
    }

    @Test
    void aNewLeaseOfTheSameNameDoesNotReviveTheWriter() {
        Lease writer = acquire("node/a", "a");
        UUID id = UUID.randomUUID();
        long token = begin(id, writer);
        acquire("node/a", "a");
        assertThat(script.run(new Command.CommitIntent(id, token))).isEqualTo(new Result.LeaseLost("node/a"));
    }

    @Test
    void finishedIntentsAreDroppedByCountAndByAgeAndPendingOnesNever() {
        script.limits = limits(10, 10, 10, 10, 2);
        Lease lease = acquire("node/a", "a");
        UUID pending = UUID.randomUUID();
        begin(pending, lease);
        UUID[] finished = new UUID[4];
        for (int i = 0; i < finished.length; i++) {
            finished[i] = UUID.randomUUID();
            script.run(new Command.CommitIntent(finished[i], begin(finished[i], lease)));
        }
        add("c", 1);
        assertThat(script.list(view -> view.intents(Optional.empty(), 0, 10)))
                .extracting(Intent::id)
                .containsExactly(pending, finished[2], finished[3]);
        script.after(script.limits.finishedIntentAge());
        add("c", 1);
        assertThat(script.number(view -> view.sizes().finishedIntents())).isEqualTo(2);
        script.millis++;
        add("c", 1);
        assertThat(script.list(view -> view.intents(Optional.empty(), 0, 10)))
                .extracting(Intent::id)
                .containsExactly(pending);
        assertThat(script.number(view -> view.sizes().intentBytes()))
                .isEqualTo("publish".length() + "writer".length() + "node/a".length() + "pin/1".length());
    }

    @Test
    void finishedIntentsMakeRoomAndPendingOnesDoNot() {
        Lease lease = acquire("node/a", "a");
        LedgerLimits d = LedgerLimits.DEFAULT;
        script.limits =
                new LedgerLimits(10, 10, 10, 10, 10, d.finishedIntentAge(), 1 << 20, d.requests(), d.requestWindow());
        List<String> halfMegabyte = Collections.nCopies(1000, "x".repeat(500));
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        long token = ((Result.IntentBegun) script.run(beginCovering(first, lease, halfMegabyte))).token();
        script.run(beginCovering(second, lease, halfMegabyte));
        Command third = beginCovering(UUID.randomUUID(), lease, halfMegabyte);
        assertThat(script.run(third)).isEqualTo(new Result.LimitReached(Result.Limit.INTENT_BYTES, 1 << 20));
        script.run(new Command.CommitIntent(first, token));
        assertThat(script.run(third)).isInstanceOf(Result.IntentBegun.class);
        assertThat(script.find(view -> view.findIntent(first))).isEmpty();
    }

    @Test
    void eachKindHasItsLimit() {
        script.limits = limits(1, 1, 1, 1, 1);
        Lease lease = acquire("node/a", "a");
        assertThat(script.run(new Command.AcquireLease("node/b", "b", TTL)))
                .isEqualTo(new Result.LimitReached(Result.Limit.LEASES, 1));
        claim("zone/1", lease);
        assertThat(script.run(new Command.ClaimResource("zone/2", "node/a", lease.token())))
                .isEqualTo(new Result.LimitReached(Result.Limit.CLAIMS, 1));
        begin(UUID.randomUUID(), lease);
        assertThat(script.run(begin(UUID.randomUUID(), "publish", lease)))
                .isEqualTo(new Result.LimitReached(Result.Limit.PENDING_INTENTS, 1));
    }

    @Test
    void bytesThatAreNoCommandAreRefusedAndChangeNothingButTime() throws Exception {
        add("c", 1);
        byte[] before = script.restored().snapshot();
        assertThat(before).isEqualTo(script.snapshot());
        assertThat(Script.decoded(script.apply(new byte[0]))).isInstanceOf(Result.Malformed.class);
        assertThat(Script.decoded(script.apply(new byte[] {1, 2, 3}))).isInstanceOf(Result.Malformed.class);
        assertThat(script.list(view -> view.counters("", "", 10))).containsExactly(new Counter("c", 1));
    }

    private Result add(String counter, long delta) {
        return script.run(new Command.AddToCounter(counter, delta));
    }

    private Lease acquire(String lease, String holder) {
        return ((Result.LeaseGranted) script.run(new Command.AcquireLease(lease, holder, TTL))).lease();
    }

    private Claim claim(String resource, Lease lease) {
        return ((Result.Claimed) script.run(new Command.ClaimResource(resource, lease.name(), lease.token()))).claim();
    }

    private long begin(UUID id, Lease lease) {
        return ((Result.IntentBegun) script.run(begin(id, "publish", lease))).token();
    }

    private static Command begin(UUID id, String kind, Lease lease) {
        return new Command.BeginIntent(id, kind, "writer", lease.name(), lease.token(), List.of("pin/1"));
    }

    private static Command beginCovering(UUID id, Lease lease, List<String> covers) {
        return new Command.BeginIntent(id, "publish", "tester", lease.name(), lease.token(), covers);
    }

    private static LedgerLimits limits(int counters, int leases, int claims, int pending, int finished) {
        LedgerLimits d = LedgerLimits.DEFAULT;
        return new LedgerLimits(
                counters,
                leases,
                claims,
                pending,
                finished,
                d.finishedIntentAge(),
                d.intentBytes(),
                d.requests(),
                d.requestWindow());
    }
}
