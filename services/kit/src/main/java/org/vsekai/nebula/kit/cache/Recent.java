package org.vsekai.nebula.kit.cache;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * What was read lately of things that change, in this process's memory alone. The age counts from when the reading began, so that
 * nothing is ever told that was not true at some moment of the last {@code maxAge} before it was asked for, or later. Of calls that
 * want the same thing at the same time one reads it; one that takes longer than {@code maxAge} is not waited for by who comes
 * then, but read beside it. Thread-safe.
 */
public final class Recent<K, V> {
    private record Seen<V>(V value, long readNanos) {}

    /** What is being read. It need not be completed to tell how old it will be. */
    private static final class Reading<V> extends CompletableFuture<Seen<V>> {
        private final long begunNanos = System.nanoTime();
    }

    private final Vertx vertx;
    private final long maxAgeNanos;
    private final AsyncCache<K, Seen<V>> seen;

    /**
     * @param maxAge after which a thing is read anew; zero: each time
     * @param maxEntries things remembered
     */
    public Recent(Vertx vertx, Duration maxAge, long maxEntries) {
        this.vertx = vertx;
        this.maxAgeNanos = maxAge.toNanos();
        this.seen = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfter(Expiry.<K, Seen<V>>creating((key, found) ->
                        Duration.ofNanos(Math.max(0, maxAgeNanos - (System.nanoTime() - found.readNanos())))))
                .buildAsync();
    }

    /** What was read lately, or else what the source says now; what it fails with is the answer, and is not remembered. */
    public Uni<V> get(K key, Supplier<Uni<V>> source) {
        return Uni.createFrom().deferred(() -> onCaller(vertx.getOrCreateContext(), find(key, source))
                .map(Seen::value));
    }

    private CompletableFuture<Seen<V>> find(K key, Supplier<Uni<V>> source) {
        CompletableFuture<Seen<V>> known = seen.getIfPresent(key);
        return known != null && !isOverdue(known)
                ? known
                : seen.asMap().compute(key, (same, there) -> there == null || isOverdue(there) ? read(source) : there);
    }

    /** Of a reading that was begun too long ago to be joined. One that has come to its end is gone when it is too old. */
    private boolean isOverdue(CompletableFuture<Seen<V>> known) {
        return !known.isDone()
                && known instanceof Reading<V> reading
                && System.nanoTime() - reading.begunNanos > maxAgeNanos;
    }

    /** Reads everything anew, because it was changed here. */
    public void forget() {
        seen.synchronous().invalidateAll();
    }

    private static <V> CompletableFuture<Seen<V>> read(Supplier<Uni<V>> source) {
        Reading<V> reading = new Reading<>();
        var unused = source.get()
                .subscribe()
                .with(value -> reading.complete(new Seen<>(value, reading.begunNanos)), reading::completeExceptionally);
        return reading;
    }

    /** A value that several wait for: each goes on where it came from, and none that goes away takes it from the others. */
    static <T> Uni<T> onCaller(Context caller, CompletableFuture<T> shared) {
        return Uni.createFrom()
                .completionStage(shared.copy())
                .onFailure(CompletionException.class)
                .transform(failure -> failure.getCause() == null ? failure : failure.getCause())
                .emitOn(task -> caller.runOnContext(ignored -> task.run()));
    }
}
