package org.vsekai.nebula.casync.assemble;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on threads of their own, no more than a bound at a time. After the first failure no other starts; those that
 * run come to their end, since what they have fetched is worth keeping.
 */
final class BoundedTasks implements AutoCloseable {
    /** How long closing waits for interrupted tasks; they hold nothing that a later task needs. */
    private static final int CLOSE_SECONDS = 30;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final int bound;
    private final Semaphore free;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    BoundedTasks(int bound) {
        this.bound = bound;
        this.free = new Semaphore(bound);
    }

    /** Work without a result. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Waits until a task may start, and starts it; throws what an earlier one has thrown. */
    void run(Work work) throws IOException {
        acquire(1);
        Future<?> started = threads.submit(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            } finally {
                free.release();
            }
        });
        assert started != null;
    }

    /** Starts a task at once; the caller keeps the bound by taking results before it starts more. */
    <T> Future<T> submit(Callable<T> task) {
        return threads.submit(task);
    }

    /** Waits for all tasks; throws what one has thrown. */
    void finish() throws IOException {
        acquire(bound);
        free.release(bound);
    }

    private void acquire(int permits) throws IOException {
        Throwable failed;
        try {
            free.acquire(permits);
            failed = failure.get();
            if (failed == null) {
                return;
            }
            free.acquire(bound - permits);
        } catch (InterruptedException e) {
            throw interrupted();
        }
        free.release(bound);
        throw rethrown(failed);
    }

    /** The result of a task, or what it threw. */
    static <T> T result(Future<T> task) throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw rethrown(Objects.requireNonNull(e.getCause()));
        }
    }

    static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while chunks were sought");
    }

    /** What a task threw, to be thrown again by its own type. */
    static IOException rethrown(Throwable failed) {
        return switch (failed) {
            case IOException e -> e;
            case UncheckedIOException e -> Objects.requireNonNull(e.getCause());
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failed);
        };
    }

    /** Interrupts what still runs. */
    @Override
    public void close() {
        threads.shutdownNow().forEach(never -> {});
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a task does not end when interrupted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
