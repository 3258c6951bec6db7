package org.vsekai.nebula.ledger.machine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.InvalidCommandException;
import org.vsekai.nebula.ledger.LedgerUnavailableException;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.TooManyWatchesException;
import org.vsekai.nebula.ledger.Watch;
import org.vsekai.nebula.ledger.WatchEnd;
import org.vsekai.nebula.ledger.WatchFilter;
import org.vsekai.nebula.ledger.WatchListener;
import org.vsekai.nebula.ledger.consensus.ReplicatedMachine;
import org.vsekai.nebula.ledger.consensus.Stamp;

/**
 * The ledger's state machine: the state that the members agree on, seen by readers and watchers of this member.
 *
 * <p>One lock parts the log from the readers: the first command of an entry takes it for writing, the entry's end gives it
 * back. A reader thus sees whole entries only, and many read at once. Queries are bounded by their pages, so that the log
 * waits little. The lock has no owner, as the member need not end an entry on the thread that began it.
 */
public final class LedgerMachine implements ReplicatedMachine {
    /** The most watches that one member serves. */
    public static final int MOST_WATCHES = 1_000;

    /** The most changes that may wait for one listener. */
    public static final int MOST_QUEUED = 100_000;

    private final LongSupplier nanoTime;
    private final StampedLock lock = new StampedLock();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private LedgerState state = new LedgerState();

    /** The lock's stamp inside an entry, otherwise 0. */
    private long entryLock;

    /** Why an entry was left half done: what is there then is nobody's to see. */
    private volatile @Nullable Throwable failure;

    private volatile long ledgerMillis;
    private volatile long stampHeardNanos;
    private boolean stopped;

    /** @param nanoTime a monotonic clock; it says how old a stale read is and decides nothing */
    public LedgerMachine(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.stampHeardNanos = nanoTime.getAsLong();
    }

    @Override
    public byte[] apply(long index, Stamp stamp, byte[] command) {
        begin();
        try {
            return state.apply(stamp, command, this::changed);
        } catch (Throwable e) {
            fail(e);
            throw e;
        }
    }

    @Override
    public void endBatch(long index, Stamp stamp) {
        begin();
        try {
            state.finishEntry(index, stamp, this::changed);
            heard();
            if (!changes.isEmpty()) {
                watchers.forEach(watcher -> watcher.offer(index, changes));
                changes.clear();
            }
        } catch (Throwable e) {
            fail(e);
            throw e;
        }
        end();
    }

    private void begin() {
        refuseAfterFailure();
        if (entryLock == 0) {
            entryLock = lock.writeLock();
        }
    }

    private void end() {
        long locked = entryLock;
        entryLock = 0;
        lock.unlockWrite(locked);
    }

    /** The member halts on what is thrown; whoever waits for the lock is let in, to be told. */
    private void fail(Throwable e) {
        failure = e;
        changes.clear();
        watchers.forEach(watcher -> watcher.end(new WatchEnd.Stopped()));
        end();
    }

    private void refuseAfterFailure() {
        Throwable failed = failure;
        if (failed != null) {
            throw new LedgerUnavailableException("the state machine failed: " + failed, failed);
        }
    }

    @Override
    public void writeSnapshot(DataOutput out) throws IOException {
        long locked = lock.readLock();
        try {
            refuseAfterFailure();
            state.write(out);
        } finally {
            lock.unlockRead(locked);
        }
    }

    @Override
    public void readSnapshot(DataInput in) throws IOException {
        LedgerState read = LedgerState.read(in);
        long locked = lock.writeLock();
        try {
            refuseAfterFailure();
            state = read;
            heard();
            watchers.forEach(watcher -> watcher.end(new WatchEnd.Replaced()));
        } finally {
            lock.unlockWrite(locked);
        }
    }

    @Override
    public long ledgerMillis() {
        return ledgerMillis;
    }

    @Override
    public OptionalLong nextDueMillis() {
        return state.leases().nextExpiryMillis();
    }

    /**
     * Asks one query of the state between two entries.
     *
     * @throws TimeoutException when an entry took all the time
     * @throws LedgerUnavailableException after a command could not be carried through, which halts the member
     */
    public <T> T read(Duration timeout, Function<LedgerView, T> query) throws TimeoutException, InterruptedException {
        long locked = lock.tryReadLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (locked == 0) {
            throw new TimeoutException("the state machine was busy with one entry for " + timeout);
        }
        try {
            refuseAfterFailure();
            return query.apply(new StateView(state, sinceLastStamp()));
        } finally {
            lock.unlockRead(locked);
        }
    }

    /** As {@link org.vsekai.nebula.ledger.Ledger#watch}. Waits for the entry that is being applied. */
    public Watch watch(WatchFilter filter, WatchListener listener, int maxQueued) {
        if (maxQueued < 1 || maxQueued > MOST_QUEUED) {
            throw new InvalidCommandException("maxQueued", "%d; from 1 to %d".formatted(maxQueued, MOST_QUEUED));
        }
        Watcher watcher = new Watcher(filter, listener, maxQueued, watchers::remove);
        // A writer's lock, so that no two registrations pass the limit together.
        long locked = lock.writeLock();
        try {
            if (watchers.size() >= MOST_WATCHES) {
                throw new TooManyWatchesException(MOST_WATCHES);
            }
            if (stopped || failure != null) {
                watcher.end(new WatchEnd.Stopped());
            }
            watchers.add(watcher);
            watcher.start(state.index(), failure == null ? there(filter) : List.of());
        } finally {
            lock.unlockWrite(locked);
        }
        return watcher;
    }

    /** Ends every watch, now and later. */
    public void stopWatches() {
        long locked = lock.writeLock();
        try {
            stopped = true;
            watchers.forEach(watcher -> watcher.end(new WatchEnd.Stopped()));
        } finally {
            lock.unlockWrite(locked);
        }
    }

    private List<Change> there(WatchFilter filter) {
        List<Change> there = new ArrayList<>();
        if (filter.kinds().contains(WatchFilter.Kind.COUNTERS)) {
            state.counters().byName().values().forEach(counter -> there.add(new Change.CounterSet(counter)));
        }
        if (filter.kinds().contains(WatchFilter.Kind.LEASES)) {
            state.leases().all().forEach(lease -> there.add(new Change.LeaseSet(lease)));
        }
        if (filter.kinds().contains(WatchFilter.Kind.CLAIMS)) {
            state.leases().claims().values().forEach(claim -> there.add(new Change.ClaimSet(claim)));
        }
        if (filter.kinds().contains(WatchFilter.Kind.INTENTS)) {
            state.intents().after(0).forEach(intent -> there.add(new Change.IntentSet(intent)));
        }
        there.removeIf(change -> !filter.admits(change));
        return there;
    }

    private void changed(Change change) {
        if (!watchers.isEmpty()) {
            changes.add(change);
        }
    }

    private Duration sinceLastStamp() {
        return Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - stampHeardNanos));
    }

    private void heard() {
        ledgerMillis = state.ledgerMillis();
        stampHeardNanos = nanoTime.getAsLong();
    }
}
