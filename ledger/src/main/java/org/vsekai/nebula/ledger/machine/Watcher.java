package org.vsekai.nebula.ledger.machine;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Watch;
import org.vsekai.nebula.ledger.WatchEnd;
import org.vsekai.nebula.ledger.WatchFilter;
import org.vsekai.nebula.ledger.WatchListener;

/** One watch: a bounded queue between the thread that applies the log and a thread of its own that tells the listener. */
final class Watcher implements Watch {
    private record Told(long index, Change change) {}

    private final WatchFilter filter;
    private final WatchListener listener;
    private final int maxQueued;
    private final Consumer<Watcher> ended;
    private final ArrayDeque<Told> queue = new ArrayDeque<>();
    private @Nullable WatchEnd end;

    Watcher(WatchFilter filter, WatchListener listener, int maxQueued, Consumer<Watcher> ended) {
        this.filter = filter;
        this.listener = listener;
        this.maxQueued = maxQueued;
        this.ended = ended;
    }

    /** Begins to tell, first what was there at {@code index}. */
    void start(long index, List<Change> there) {
        Thread.ofVirtual().name("ledger-watch").start(() -> tell(index, there));
    }

    /** Never waits: a queue that would overflow ends the watch. */
    synchronized void offer(long index, List<Change> changes) {
        for (Change change : changes) {
            if (end != null) {
                return;
            }
            if (!filter.admits(change)) {
                continue;
            }
            if (queue.size() == maxQueued) {
                end(new WatchEnd.TooSlow(maxQueued));
            } else {
                queue.add(new Told(index, change));
                notifyAll();
            }
        }
    }

    /** The first end counts. What is still queued is not told any more. */
    synchronized void end(WatchEnd why) {
        if (end == null) {
            end = why;
            queue.clear();
            notifyAll();
        }
    }

    @Override
    public void close() {
        end(new WatchEnd.Closed());
    }

    private void tell(long index, List<Change> there) {
        try {
            for (Change change : there) {
                if (end() != null) {
                    break;
                }
                listener.onChange(index, change);
            }
            if (end() == null) {
                listener.onCaughtUp(index);
            }
            for (Told told = take(); told != null; told = take()) {
                listener.onChange(told.index(), told.change());
            }
        } catch (InterruptedException | RuntimeException e) {
            end(new WatchEnd.ListenerFailed(e));
        } finally {
            ended.accept(this);
        }
        WatchEnd why = end();
        if (why != null) {
            listener.onEnd(why);
        }
    }

    private synchronized @Nullable Told take() throws InterruptedException {
        while (queue.isEmpty() && end == null) {
            wait();
        }
        return queue.poll();
    }

    private synchronized @Nullable WatchEnd end() {
        return end;
    }
}
