package org.vsekai.nebula.ledger;

/** Why a watch ended. After all but the first, a new watch begins with what is there, and nothing is missed for good. */
public sealed interface WatchEnd {
    /** {@link Watch#close()}. */
    record Closed() implements WatchEnd {}

    /** More changes waited for the listener than the watch was to hold. */
    record TooSlow(int maxQueued) implements WatchEnd {}

    /** The member took all state from a snapshot, and what happened before that cannot be told one by one. */
    record Replaced() implements WatchEnd {}

    /** The member stopped. */
    record Stopped() implements WatchEnd {}

    record ListenerFailed(Throwable failure) implements WatchEnd {}
}
