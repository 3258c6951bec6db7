package org.vsekai.nebula.assets.collect;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The same work on many things, a bounded number at a time. */
final class Parallel {
    private Parallel() {}

    /**
     * Returns when all is done, or after the first failure; in any case when no worker runs any more.
     *
     * @throws RunEndedException if this thread was interrupted
     */
    static <T> void forEach(ExecutorService threads, int concurrency, List<T> items, Consumer<T> work) {
        Iterator<T> iterator = items.iterator();
        AtomicBoolean stopped = new AtomicBoolean();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(concurrency, items.size()); i++) {
            workers.add(threads.submit(() -> {
                while (!stopped.get()) {
                    T item;
                    synchronized (iterator) {
                        if (!iterator.hasNext()) {
                            return;
                        }
                        item = iterator.next();
                    }
                    try {
                        work.accept(item);
                    } catch (RuntimeException | Error e) {
                        stopped.set(true);
                        throw e;
                    }
                }
            }));
        }
        Throwable failure = null;
        boolean interrupted = false;
        for (Future<?> worker : workers) {
            // Until its end, whatever happens: who goes on believes that nobody works any more.
            for (boolean ended = false; !ended; ) {
                try {
                    worker.get();
                    ended = true;
                } catch (ExecutionException e) {
                    failure = e.getCause();
                    ended = true;
                } catch (InterruptedException e) {
                    stopped.set(true);
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new RunEndedException("the service stops");
        }
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }
}
