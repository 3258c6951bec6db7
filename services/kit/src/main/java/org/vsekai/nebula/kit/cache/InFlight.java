package org.vsekai.nebula.kit.cache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A bound on the calls that are on their way. One counts until it is answered, however long anybody waits for it. Thread-safe. */
final class InFlight {
    private final Semaphore permits;

    InFlight(int most) {
        this.permits = new Semaphore(most);
    }

    /** The call's answer, which may be cancelled and leaves the call alone then; empty if too many are on their way. */
    <T extends @Nullable Object> Optional<CompletableFuture<T>> begin(Supplier<CompletableFuture<T>> call) {
        if (!permits.tryAcquire()) {
            return Optional.empty();
        }
        CompletableFuture<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            permits.release();
            throw e;
        }
        // Watched beside what is handed out: what is cancelled by who waits no more never runs what hangs on it.
        var unused = answer.whenComplete((value, failure) -> permits.release());
        return Optional.of(answer.copy());
    }
}
