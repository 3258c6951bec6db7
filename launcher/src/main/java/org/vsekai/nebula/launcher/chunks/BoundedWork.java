package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The same work on many things, a bounded number of them at once. */
final class BoundedWork {
    private BoundedWork() {}

    /** What is done with one thing, on a thread of its own. */
    @FunctionalInterface
    interface Work<T> {
        void on(T item) throws IOException;
    }

    /** Returns when all work is done. After the first failure none is begun, and that failure is thrown. */
    static <T> void forEach(int atOnce, Iterable<T> items, Work<? super T> work) throws IOException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Semaphore turns = new Semaphore(atOnce);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (T item : items) {
                turns.acquireUninterruptibly();
                if (failure.get() != null) {
                    break;
                }
                workers.execute(() -> {
                    try {
                        work.on(item);
                    } catch (IOException | RuntimeException | Error e) {
                        failure.compareAndSet(null, e);
                    } finally {
                        turns.release();
                    }
                });
            }
        }
        switch (failure.get()) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
