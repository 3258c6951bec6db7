package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.TooManyWatchesException;
import org.vsekai.nebula.ledger.Watch;
import org.vsekai.nebula.ledger.WatchEnd;
import org.vsekai.nebula.ledger.WatchFilter;
import org.vsekai.nebula.ledger.WatchListener;

@Timeout(30)
class WatchTest {
    private static final WatchFilter ALL = new WatchFilter(EnumSet.allOf(WatchFilter.Kind.class), "");
    private static final Duration TTL = Duration.ofSeconds(10);

    private final Script script = new Script();
    private final Recorder recorder = new Recorder();

    @Test
    void aWatchTellsWhatIsThereAndThenEveryChangeInOrder() throws Exception {
        add("a", 1);
        add("b", 2);
        try (Watch watch = script.machine.watch(ALL, recorder, 100)) {
            assertThat(recorder.next()).isEqualTo("2 " + new Change.CounterSet(new Counter("a", 1)));
            assertThat(recorder.next()).isEqualTo("2 " + new Change.CounterSet(new Counter("b", 2)));
            assertThat(recorder.next()).isEqualTo("caught up 2");
            add("a", 4);
            assertThat(recorder.next()).isEqualTo("3 " + new Change.CounterSet(new Counter("a", 5)));
            add("a", -5);
            assertThat(recorder.next()).isEqualTo("4 " + new Change.CounterSet(new Counter("a", 0)));
        }
        assertThat(recorder.next()).isEqualTo("end " + new WatchEnd.Closed());
    }

    @Test
    void aLeaseThatExpiresTakesItsClaimsWithItBefore() throws Exception {
        Lease lease = acquire();
        script.run(new Command.ClaimResource("zone/1", lease.name(), lease.token()));
        script.machine.watch(ALL, recorder, 100);
        for (String told = recorder.next(); !told.startsWith("caught up"); told = recorder.next()) {
            assertThat(told).contains("Set");
        }
        script.after(TTL).pass();
        assertThat(recorder.next()).isEqualTo("3 " + new Change.ClaimEnded("zone/1", 2));
        assertThat(recorder.next())
                .isEqualTo("3 " + new Change.LeaseEnded("node/a", lease.token(), Change.End.EXPIRED));
    }

    @Test
    void aFilterLetsOnlyItsKindsAndPrefixThrough() throws Exception {
        script.machine.watch(new WatchFilter(Set.of(WatchFilter.Kind.COUNTERS), "mode/"), recorder, 100);
        assertThat(recorder.next()).isEqualTo("caught up 0");
        acquire();
        add("zone/1", 1);
        add("mode/1", 1);
        assertThat(recorder.next()).isEqualTo("3 " + new Change.CounterSet(new Counter("mode/1", 1)));
    }

    @Test
    void aListenerThatIsTooSlowLosesItsWatchAndHoldsNobodyUp() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        recorder.onFirstChange = () -> {
            entered.countDown();
            await(release);
        };
        script.machine.watch(ALL, recorder, 3);
        add("a", 1);
        await(entered);
        for (int i = 0; i < 5; i++) {
            add("a", 1);
        }
        release.countDown();
        List<String> told = recorder.untilEnd();
        assertThat(told.getLast()).isEqualTo("end " + new WatchEnd.TooSlow(3));
        assertThat(told).hasSize(3);
    }

    @Test
    void aSnapshotEndsWatchesAsItsChangesCannotBeTold() throws Exception {
        add("a", 1);
        script.machine.watch(ALL, recorder, 3);
        byte[] snapshot = script.snapshot();
        recorder.next();
        assertThat(recorder.next()).isEqualTo("caught up 1");
        script.machine.readSnapshot(new DataInputStream(new ByteArrayInputStream(snapshot)));
        assertThat(recorder.next()).isEqualTo("end " + new WatchEnd.Replaced());
    }

    @Test
    void aStoppedMemberEndsWatchesOldAndNew() throws Exception {
        script.machine.watch(ALL, recorder, 3);
        assertThat(recorder.next()).isEqualTo("caught up 0");
        script.machine.stopWatches();
        assertThat(recorder.next()).isEqualTo("end " + new WatchEnd.Stopped());
        script.machine.watch(ALL, recorder, 3);
        assertThat(recorder.next()).isEqualTo("end " + new WatchEnd.Stopped());
    }

    @Test
    void aListenerThatFailsEndsItsOwnWatchOnly() throws Exception {
        Recorder other = new Recorder();
        IllegalStateException failure = new IllegalStateException("no");
        recorder.onFirstChange = () -> {
            throw failure;
        };
        script.machine.watch(ALL, recorder, 3);
        script.machine.watch(ALL, other, 3);
        add("a", 1);
        assertThat(recorder.untilEnd().getLast()).isEqualTo("end " + new WatchEnd.ListenerFailed(failure));
        assertThat(other.next()).isEqualTo("caught up 0");
        assertThat(other.next()).startsWith("1 ");
    }

    @Test
    void watchesAreBounded() throws Exception {
        List<Watch> watches = new ArrayList<>();
        for (int i = 0; i < LedgerMachine.MOST_WATCHES; i++) {
            watches.add(script.machine.watch(ALL, new Recorder(), 1));
        }
        assertThatThrownBy(() -> script.machine.watch(ALL, recorder, 1)).isInstanceOf(TooManyWatchesException.class);
        watches.forEach(Watch::close);
    }

    private void add(String counter, long delta) {
        assertThat(script.run(new Command.AddToCounter(counter, delta))).isInstanceOf(Result.CounterValue.class);
    }

    private Lease acquire() {
        return ((Result.LeaseGranted) script.run(new Command.AcquireLease("node/a", "a", TTL))).lease();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Recorder implements WatchListener {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        volatile Runnable onFirstChange = () -> {};

        @Override
        public void onChange(long index, Change change) {
            Runnable first = onFirstChange;
            onFirstChange = () -> {};
            first.run();
            told.add(index + " " + change);
        }

        @Override
        public void onCaughtUp(long index) {
            told.add("caught up " + index);
        }

        @Override
        public void onEnd(WatchEnd end) {
            told.add("end " + end);
        }

        String next() throws InterruptedException {
            String next = told.poll(10, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        }

        List<String> untilEnd() throws InterruptedException {
            List<String> all = new ArrayList<>();
            do {
                all.add(next());
            } while (!all.getLast().startsWith("end"));
            return all;
        }
    }
}
