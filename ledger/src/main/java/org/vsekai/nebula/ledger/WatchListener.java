package org.vsekai.nebula.ledger;

/**
 * Is told first what is there, then that this is all, then every change in the order of the log, and last the end. Calls
 * come one at a time, from a thread of the watch's own, which the listener may block: what comes meanwhile is queued, up to
 * the bound given, and then the watch ends. A listener that throws ends its watch too.
 */
public interface WatchListener {
    /** @param index position in the log at which it became so; of what is there already, that of the view */
    void onChange(long index, Change change);

    /** All that was there at {@code index} has been told; what follows is news. */
    void onCaughtUp(long index);

    /** Nothing follows. */
    void onEnd(WatchEnd end);
}
