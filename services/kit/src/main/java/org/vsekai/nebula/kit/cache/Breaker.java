package org.vsekai.nebula.kit.cache;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps calls from a peer that does not answer: open after so many failures in a row, closed again by whoever has found that it
 * answers. It begins open. Thread-safe.
 */
final class Breaker {
    private final int maxFailures;
    private final AtomicInteger failures;

    Breaker(int maxFailures) {
        if (maxFailures < 1) {
            throw new IllegalArgumentException("nebula.cache.max-failures must be at least 1, not " + maxFailures);
        }
        this.maxFailures = maxFailures;
        this.failures = new AtomicInteger(maxFailures);
    }

    boolean isOpen() {
        return failures.get() >= maxFailures;
    }

    void open() {
        failures.set(maxFailures);
    }

    void close() {
        failures.set(0);
    }

    /** A late answer from before it opened must not close it. */
    void succeeded() {
        if (failures.get() != 0 && !isOpen()) {
            failures.updateAndGet(count -> count >= maxFailures ? count : 0);
        }
    }

    /** True if this very failure opened it. */
    boolean failed() {
        int before = failures.getAndUpdate(count -> Math.min(count + 1, maxFailures));
        return before == maxFailures - 1;
    }
}
