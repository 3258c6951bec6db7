package org.vsekai.nebula.benchmarks.ledger;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One write after another: what one caller does. Not run again before it has completed. */
@FunctionalInterface
public interface Operation {
    /** Completes when one write is committed, however many conflicts came before it; fails as the call does. */
    CompletableFuture<Void> run(Duration deadline);
}
